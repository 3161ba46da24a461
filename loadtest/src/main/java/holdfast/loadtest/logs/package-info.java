/**
 * Reads the machines' journals, merges them into one log, and finds out which node served a
 * request.
 */
@NullMarked
package holdfast.loadtest.logs;

import org.jspecify.annotations.NullMarked;
