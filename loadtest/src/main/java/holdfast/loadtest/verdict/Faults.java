package holdfast.loadtest.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Checks that each fault happened under load, about when it was due, and lasted. */
final class Faults {

  private final List<Event> events;
  private final Run run;
  private final Expectations expected;

  Faults(List<Event> events, Run run, Expectations expected) {
    this.events = events;
    this.run = run;
    this.expected = expected;
  }

  List<String> notUnderLoad() {
    List<String> objections = new ArrayList<>();
    int planned = expected.steps().size();
    Set<Integer> carriedOut =
        events.stream()
            .filter(event -> event.is(Event.Kind.INJECT))
            .map(Event::step)
            .collect(Collectors.toSet());
    if (!carriedOut.equals(IntStream.range(0, planned).boxed().collect(Collectors.toSet()))) {
      objections.add(planned + " steps were planned, " + carriedOut.size() + " were carried out");
      carriedOut.removeIf(step -> step < 0 || step >= planned);
    }
    carriedOut.stream().sorted().flatMap(step -> proof(step).stream()).forEach(objections::add);
    return objections;
  }

  private Optional<String> proof(int step) {
    Optional<Event> proved = first(step, Event.Kind.PROVED);
    return proved.isEmpty()
        ? Optional.of(name(step) + " was not proved to have happened")
        : time(proved.get().atMs(), expected.steps().get(step).atS())
            .map(wrong -> name(step) + " was proved " + wrong);
  }

  private Optional<String> time(long provedMs, double atS) {
    long dueMs = run.startedMs() + Math.round(atS * 1000);
    long endMs = run.startedMs() + Math.round(run.load().durationS() * 1000);
    if (provedMs < run.startedMs()) {
      return Optional.of(seconds(run.startedMs() - provedMs) + " before the load began");
    }
    if (provedMs >= endMs) {
      return Optional.of(seconds(provedMs - endMs) + " after the load ended");
    }
    long lateMaxMs = Math.round(run.faultLateMaxS() * 1000);
    return provedMs - dueMs > lateMaxMs
        ? Optional.of(
            "%s after it was due (limit %s)"
                .formatted(seconds(provedMs - dueMs), seconds(lateMaxMs)))
        : Optional.empty();
  }

  /** Right before healing, each fault must still be there: something may have started the unit. */
  List<String> notHeld() {
    return IntStream.range(0, expected.steps().size())
        .filter(step -> has(step, Event.Kind.NOT_HELD) || !has(step, Event.Kind.HELD))
        .mapToObj(step ->
            has(step, Event.Kind.NOT_HELD)
                ? name(step) + " was gone before healing began"
                : name(step) + " was not seen to last until healing began")
        .toList();
  }

  private Optional<Event> first(int step, Event.Kind kind) {
    return events.stream().filter(event -> event.is(kind) && event.step() == step).findFirst();
  }

  private boolean has(int step, Event.Kind kind) {
    return first(step, kind).isPresent();
  }

  private String name(int step) {
    String where =
        events.stream()
            .filter(event -> event.step() == step)
            .findFirst()
            .map(event -> " (" + event.where() + ")")
            .orElse("");
    return "Step " + (step + 1) + "'s fault" + where;
  }

  private static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
  }
}
