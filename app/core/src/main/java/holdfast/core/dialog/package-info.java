@NullMarked
package holdfast.core.dialog;

import org.jspecify.annotations.NullMarked;
