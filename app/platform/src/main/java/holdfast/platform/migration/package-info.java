@NullMarked
package holdfast.platform.migration;

import org.jspecify.annotations.NullMarked;
