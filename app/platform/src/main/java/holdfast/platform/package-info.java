@NullMarked
package holdfast.platform;

import org.jspecify.annotations.NullMarked;
