@NullMarked
package holdfast.platform.lifecycle;

import org.jspecify.annotations.NullMarked;
