/** What was asked of the system, and what it answered. */
@NullMarked
package holdfast.loadtest.history;

import org.jspecify.annotations.NullMarked;
