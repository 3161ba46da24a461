/** Judges a drill's run folder and draws its report. */
@NullMarked
package holdfast.loadtest;

import org.jspecify.annotations.NullMarked;
