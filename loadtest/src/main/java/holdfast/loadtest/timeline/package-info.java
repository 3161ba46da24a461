/**
 * What the machines' journals tell about a run: the leader, the holder of the VIP, and failovers.
 */
@NullMarked
package holdfast.loadtest.timeline;

import org.jspecify.annotations.NullMarked;
