@NullMarked
package holdfast.platform.retry;

import org.jspecify.annotations.NullMarked;
