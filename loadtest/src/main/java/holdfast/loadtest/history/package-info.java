/** The requests of a run and the answers of the system. */
@NullMarked
package holdfast.loadtest.history;

import org.jspecify.annotations.NullMarked;
