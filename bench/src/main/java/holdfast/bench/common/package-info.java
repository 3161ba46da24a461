/**
 * What every benchmark needs: its options, its findings, latencies and the runner that writes the
 * result.
 */
@NullMarked
package holdfast.bench.common;

import org.jspecify.annotations.NullMarked;
