/** What the machines' journals tell of a run: who led, who held the VIP, and how it changed. */
@NullMarked
package holdfast.loadtest.timeline;

import org.jspecify.annotations.NullMarked;
