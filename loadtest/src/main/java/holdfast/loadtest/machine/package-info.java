/** The machines, as a drill reaches them. */
@NullMarked
package holdfast.loadtest.machine;

import org.jspecify.annotations.NullMarked;
