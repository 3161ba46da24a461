package holdfast.loadtest.engine;

import holdfast.loadtest.fault.Tools;
import holdfast.loadtest.machine.Machines;
import holdfast.loadtest.machine.Time;
import java.util.function.Consumer;

/**
 * Everything that a drill needs to run. Tests replace the real parts by parts of their own.
 *
 * @param script the content of fault.py
 * @param tell shows a line on the terminal
 */
record Equipment(
    Settings settings,
    String script,
    Machines machines,
    HealthCheck health,
    LoadGenerator load,
    Time time,
    Judge judge,
    Consumer<String> tell) {

  Tools tools() {
    return new Tools(machines, time, script, settings.dataDir(), settings.healing());
  }

  InjectedNote note() {
    return new InjectedNote(settings.injected());
  }
}
