package holdfast.loadtest.fault;

import holdfast.loadtest.machine.Machines;
import holdfast.loadtest.machine.Time;
import java.time.Duration;

/**
 * What is needed to inject, prove and heal a fault.
 *
 * @param script the content of fault.py; a machine reads it from standard input and stores no file
 * @param dataDir where the database machines' data disk is mounted
 * @param healing how long a machine may take to come back
 */
public record Tools(
    Machines machines, Time time, String script, String dataDir, Duration healing) {}
