/** Benchmarks of the running system. Wrong answers make a benchmark fail; slow answers don't. */
@NullMarked
package holdfast.bench;

import org.jspecify.annotations.NullMarked;
