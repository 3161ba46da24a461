@NullMarked
package holdfast.platform.request;

import org.jspecify.annotations.NullMarked;
