/**
 * Searches: how many per second each part of the path answers, and how the latency grows with the
 * table.
 */
@NullMarked
package holdfast.bench.search;

import org.jspecify.annotations.NullMarked;
