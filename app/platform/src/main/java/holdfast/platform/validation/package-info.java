@NullMarked
package holdfast.platform.validation;

import org.jspecify.annotations.NullMarked;
