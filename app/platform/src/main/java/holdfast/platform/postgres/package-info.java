@NullMarked
package holdfast.platform.postgres;

import org.jspecify.annotations.NullMarked;
