/** More searches than the system can serve. Good answers and refusals are counted. */
@NullMarked
package holdfast.bench.overload;

import org.jspecify.annotations.NullMarked;
