/** The load's requests with their answers, and the nodes that served them. */
@NullMarked
package holdfast.loadtest.history;

import org.jspecify.annotations.NullMarked;
