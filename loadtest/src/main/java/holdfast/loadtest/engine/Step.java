package holdfast.loadtest.engine;

import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.fault.Target;
import org.jspecify.annotations.Nullable;

/**
 * A step with the machine that it befalls.
 *
 * @param index its place among the drill's steps, from 0
 * @param target as the drill's file names it
 * @param healAtS second of the load at which it is healed; null for after the load
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
