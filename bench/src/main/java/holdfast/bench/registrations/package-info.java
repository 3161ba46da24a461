/** What it costs a registration to renew the version of the searches that could find the user. */
@NullMarked
package holdfast.bench.registrations;

import org.jspecify.annotations.NullMarked;
