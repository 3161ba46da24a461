/** Finds the leader, the holder of the VIP and the failovers of a run in the machines' journals. */
@NullMarked
package holdfast.loadtest.timeline;

import org.jspecify.annotations.NullMarked;
