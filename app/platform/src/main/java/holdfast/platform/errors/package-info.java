@NullMarked
package holdfast.platform.errors;

import org.jspecify.annotations.NullMarked;
