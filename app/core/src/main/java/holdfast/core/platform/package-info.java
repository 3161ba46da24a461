@NullMarked
package holdfast.core.platform;

import org.jspecify.annotations.NullMarked;
