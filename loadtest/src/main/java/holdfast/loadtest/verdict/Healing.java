package holdfast.loadtest.verdict;

import java.util.List;
import java.util.stream.Stream;

/**
 * Whether the system recovered by itself after the faults were healed. Every drill promises this.
 */
public final class Healing {

  private Healing() {}

  /** The parts of the system that did not heal; empty if everything healed. */
  public static List<String> failures(Run run, List<Event> events) {
    Stream<String> cluster =
        run.healed() && run.notHealed().isEmpty()
            ? Stream.empty()
            : Stream.of("The cluster did not heal" + Validity.list(run.notHealed()));
    Stream<String> steps =
        events.stream()
            .filter(event -> event.is(Event.Kind.NOT_HEALED))
            .map(event -> "Step " + (event.step() + 1) + " did not heal: " + event.where());
    return Stream.concat(cluster, steps).toList();
  }
}
