@NullMarked
package holdfast.core.live;

import org.jspecify.annotations.NullMarked;
