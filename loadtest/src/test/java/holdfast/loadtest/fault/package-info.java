@NullMarked
package holdfast.loadtest.fault;

import org.jspecify.annotations.NullMarked;
