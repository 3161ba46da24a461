/**
 * Reads the machines' journals: into one merged log, and to find out which node served a request.
 */
@NullMarked
package holdfast.loadtest.logs;

import org.jspecify.annotations.NullMarked;
