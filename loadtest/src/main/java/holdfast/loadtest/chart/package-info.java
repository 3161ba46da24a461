/** Charts as SVG, for the reports of drills and of benchmarks. */
@NullMarked
package holdfast.loadtest.chart;

import org.jspecify.annotations.NullMarked;
