package holdfast.loadtest.engine;

import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.fault.Target;
import org.jspecify.annotations.Nullable;

/**
 * One fault of a drill, with the machine that it is done to.
 *
 * @param index the step's place among the drill's steps, from 0
 * @param target the machine's role or name in the drill's file
 * @param atS the second of the load at which the fault is injected
 * @param healAtS the second of the load at which the fault is healed; null for after the load
 */
record Step(
    int index,
    FaultKind action,
    String target,
    String host,
    @Nullable String unit,
    @Nullable String process,
    @Nullable String moment,
    int atS,
    @Nullable Integer healAtS) {

  static Step of(DrillSpec.Step spec, String host) {
    return new Step(
        spec.index(),
        spec.action(),
        spec.target(),
        host,
        spec.unit(),
        spec.process(),
        spec.moment(),
        spec.atS(),
        spec.healAtS());
  }

  Target on() {
    return new Target(host, unit, process, moment);
  }
}
