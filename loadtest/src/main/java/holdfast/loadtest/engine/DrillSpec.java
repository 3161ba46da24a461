package holdfast.loadtest.engine;

import holdfast.loadtest.fault.FaultKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A drill as its file in {@code drills/} describes it, checked.
 *
 * @param document the file's content for the evidence, with the predicted gaps among what is
 *     expected
 */
record DrillSpec(String name, Load load, List<Step> steps, Map<String, Object> document) {

  /**
   * @param plan a name of the load's mixes
   * @param rate requests a second
   * @param patienceS how long the client waits for an answer; null for its default
   * @param tries how often the client sends a request that gets no answer at all
   */
  record Load(String plan, int rate, @Nullable Integer patienceS, int tries, int durationS) {}

  /**
   * One fault.
   *
   * @param atS second of the load at which it is injected
   * @param healAtS second of the load at which it is healed; null for after the load
   * @param target a machine, a group, {@code any of} a group, or a role; see {@link Targets}
   * @param number which of several, from 1
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
