/** Judges a run's history. Nothing here knows about files or about kinds of faults. */
@NullMarked
package holdfast.loadtest.verdict;

import org.jspecify.annotations.NullMarked;
