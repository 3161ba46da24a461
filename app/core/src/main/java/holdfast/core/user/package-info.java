@NullMarked
package holdfast.core.user;

import org.jspecify.annotations.NullMarked;
