package holdfast.loadtest.verdict;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The drill's planned faults and its promises.
 *
 * @param steps the planned faults; each must happen and be proved
 */
public record Expectations(List<Step> steps, Promises promised) {

  /**
   * When a fault is due, in seconds of the load.
   *
   * @param healAtS when the fault is healed; null if it is healed after the load
   */
  public record Step(double atS, @Nullable Double healAtS) {
    public Step {
      if (healAtS != null && healAtS <= atS) {
        throw new IllegalArgumentException("heal_at_s is not after at_s");
      }
    }
  }

  /** The expectations of a drill that can't be read. */
  public static final Expectations NONE = new Expectations(List.of(), Promises.NONE);

  public Expectations {
    if (promised.returnedShareMin() != null
        && steps.stream().allMatch(step -> step.healAtS() == null)) {
      throw new IllegalArgumentException("returned_share_min needs a step with heal_at_s");
    }
  }
}
