/** The charts that only the reports of benchmarks contain. */
@NullMarked
package holdfast.bench.chart;

import org.jspecify.annotations.NullMarked;
