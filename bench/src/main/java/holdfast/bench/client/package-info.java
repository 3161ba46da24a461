/**
 * Clients of the service and its metrics, and two ways to run many requests: all at once, or on a
 * schedule.
 */
@NullMarked
package holdfast.bench.client;

import org.jspecify.annotations.NullMarked;
