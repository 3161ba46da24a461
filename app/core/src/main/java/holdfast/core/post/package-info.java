@NullMarked
package holdfast.core.post;

import org.jspecify.annotations.NullMarked;
