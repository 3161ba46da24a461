/** Runs drills. Each starts with a healthy system and ends with a healthy system. */
@NullMarked
package holdfast.loadtest.engine;

import org.jspecify.annotations.NullMarked;
