/**
 * Clients of the service and of its metrics, and two ways to send many requests: on a fixed number
 * of threads, or at a fixed rate.
 */
@NullMarked
package holdfast.bench.client;

import org.jspecify.annotations.NullMarked;
