/** The entry point: runs drills, heals faults, judges run folders and writes reports. */
@NullMarked
package holdfast.loadtest;

import org.jspecify.annotations.NullMarked;
