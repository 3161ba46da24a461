/**
 * Benchmarks of the running system. A benchmark fails if answers are wrong, never because they are
 * slow.
 */
@NullMarked
package holdfast.bench;

import org.jspecify.annotations.NullMarked;
