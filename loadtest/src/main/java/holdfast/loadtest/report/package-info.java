/** The reports as HTML files: of one drill, of many drills, and of a benchmark. */
@NullMarked
package holdfast.loadtest.report;

import org.jspecify.annotations.NullMarked;
