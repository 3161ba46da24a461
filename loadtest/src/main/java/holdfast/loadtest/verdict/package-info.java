/** Judges a history; knows nothing of files, nor of the kinds of fault. */
@NullMarked
package holdfast.loadtest.verdict;

import org.jspecify.annotations.NullMarked;
