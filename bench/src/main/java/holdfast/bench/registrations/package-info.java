/**
 * How much slower a registration is because it renews the ETags of searches that could find the
 * user.
 */
@NullMarked
package holdfast.bench.registrations;

import org.jspecify.annotations.NullMarked;
