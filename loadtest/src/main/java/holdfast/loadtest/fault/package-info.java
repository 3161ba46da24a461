/** The catalogue of faults: what each needs, how it is injected, proved and healed. */
@NullMarked
package holdfast.loadtest.fault;

import org.jspecify.annotations.NullMarked;
