@NullMarked
package holdfast.platform.db;

import org.jspecify.annotations.NullMarked;
