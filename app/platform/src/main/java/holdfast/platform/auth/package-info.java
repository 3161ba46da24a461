@NullMarked
package holdfast.platform.auth;

import org.jspecify.annotations.NullMarked;
