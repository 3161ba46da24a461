@NullMarked
package holdfast.loadtest.engine;

import org.jspecify.annotations.NullMarked;
