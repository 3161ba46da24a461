/** Options, findings and latencies of every benchmark, and the runner that writes the result. */
@NullMarked
package holdfast.bench.common;

import org.jspecify.annotations.NullMarked;
