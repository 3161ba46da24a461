package holdfast.loadtest.engine;

import holdfast.loadtest.fault.FaultKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A drill as its file in {@code drills/} describes it, after the file was checked.
 *
 * @param document the file's content, which becomes the run's {@code drill.json}; {@code expect}
 *     also has the predicted gaps
 */
record DrillSpec(String name, Load load, List<Step> steps, Map<String, Object> document) {

  /**
   * @param plan the name of one of the load's mixes
   * @param rate requests per second
   * @param patienceS how many seconds the client waits for an answer; null for the client's default
   * @param tries how often the client sends a request that gets no answer at all
   * @param durationS how many seconds the load lasts
   */
  record Load(String plan, int rate, @Nullable Integer patienceS, int tries, int durationS) {}

  /**
   * One fault.
   *
   * @param index the step's place among the drill's steps, from 0
   * @param atS the second of the load at which the fault is injected
   * @param healAtS the second of the load at which the fault is healed; null for after the load
   * @param target a machine, a group, {@code any of} a group, or a role; see {@link Targets}
   * @param number which machine is meant if the target means several, from 1
   */
  record Step(
      int index,
      int atS,
      @Nullable Integer healAtS,
      FaultKind action,
      String target,
      int number,
      @Nullable String unit,
      @Nullable String process,
      @Nullable String moment) {}
}
