@NullMarked
package holdfast.platform.limits;

import org.jspecify.annotations.NullMarked;
