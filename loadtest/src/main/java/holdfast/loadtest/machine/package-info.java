/** Runs commands on the machines and on the controller, and sends requests to services. */
@NullMarked
package holdfast.loadtest.machine;

import org.jspecify.annotations.NullMarked;
