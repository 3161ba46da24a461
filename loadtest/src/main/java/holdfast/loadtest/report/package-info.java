/** The page to look at. */
@NullMarked
package holdfast.loadtest.report;

import org.jspecify.annotations.NullMarked;
