/** Judges a run by its requests, its events and its promises. Nothing here reads a file. */
@NullMarked
package holdfast.loadtest.verdict;

import org.jspecify.annotations.NullMarked;
