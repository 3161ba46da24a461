@NullMarked
package holdfast.chat;

import org.jspecify.annotations.NullMarked;
