/**
 * Clients of the service and of its metrics, and the ways to send many requests: on a fixed number
 * of threads, at a fixed rate, or at a high rate on one thread.
 */
@NullMarked
package holdfast.bench.client;

import org.jspecify.annotations.NullMarked;
