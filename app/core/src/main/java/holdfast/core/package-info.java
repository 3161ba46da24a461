@NullMarked
package holdfast.core;

import org.jspecify.annotations.NullMarked;
