/**
 * Searches sent by JMeter beyond the capacity of the system: good answers, refusals and failures.
 */
@NullMarked
package holdfast.bench.overload;

import org.jspecify.annotations.NullMarked;
