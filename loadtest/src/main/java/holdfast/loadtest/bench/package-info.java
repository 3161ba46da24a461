/** Benchmarks of the running system: they count what was wrong, and tell how fast the rest was. */
@NullMarked
package holdfast.loadtest.bench;

import org.jspecify.annotations.NullMarked;
