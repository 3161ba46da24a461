/** The machines' journals: one merged log, and who served what. */
@NullMarked
package holdfast.loadtest.logs;

import org.jspecify.annotations.NullMarked;
