@NullMarked
package holdfast.core.friend;

import org.jspecify.annotations.NullMarked;
