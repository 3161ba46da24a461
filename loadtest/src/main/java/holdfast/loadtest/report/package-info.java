/** Writes the reports of a drill, of many drills and of a benchmark as HTML files. */
@NullMarked
package holdfast.loadtest.report;

import org.jspecify.annotations.NullMarked;
