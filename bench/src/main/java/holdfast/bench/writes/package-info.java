/** Correctness of writes: users read their own writes, and a repeated request is stored once. */
@NullMarked
package holdfast.bench.writes;

import org.jspecify.annotations.NullMarked;
