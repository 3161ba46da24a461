package holdfast.loadtest.fault;

import holdfast.loadtest.machine.Machines;
import holdfast.loadtest.machine.Time;
import java.time.Duration;

/**
 * What faults are done with.
 *
 * @param script fault.py, which goes to a machine over its connection and leaves nothing there
 * @param dataDir where the database machines' data disk is mounted
 * @param healing how long a machine may take to come back
 */
public record Tools(
    Machines machines, Time time, String script, String dataDir, Duration healing) {}
