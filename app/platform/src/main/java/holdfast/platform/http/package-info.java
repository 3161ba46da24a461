@NullMarked
package holdfast.platform.http;

import org.jspecify.annotations.NullMarked;
