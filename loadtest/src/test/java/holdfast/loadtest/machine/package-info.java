@NullMarked
package holdfast.loadtest.machine;

import org.jspecify.annotations.NullMarked;
