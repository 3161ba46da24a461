@NullMarked
package holdfast.platform.redis;

import org.jspecify.annotations.NullMarked;
