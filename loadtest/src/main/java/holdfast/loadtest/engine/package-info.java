/** The life of a drill, from a healthy system back to a healthy system. */
@NullMarked
package holdfast.loadtest.engine;

import org.jspecify.annotations.NullMarked;
