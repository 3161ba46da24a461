package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Kind;
import holdfast.loadtest.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether a run shows anything at all: a promise kept without a fault or a load is none. */
final class Validity {

  /** Past this the generator made another load than the one asked for. */
  static final long LAG_P99_MAX_MS = 1000;

  private final List<String> objections = new ArrayList<>();

  private Validity() {}

  static List<String> objections(
      History history, List<Event> events, Run run, Expectations expected) {
    Validity validity = new Validity();
    validity.healthy(run);
    validity.faultsHappened(events, expected.steps());
    validity.loadRan(history.requests(), run.load());
    validity.nodesLogged(history);
    validity.writesWereLookedFor(history);
    validity.healed(run, events);
    return validity.objections;
  }

  private void healthy(Run run) {
    if (!run.healthyBefore()) {
      objections.add("The cluster was not healthy before the load" + list(run.unhealthy()));
    } else if (!run.unhealthy().isEmpty()) {
      objections.add("The run met with trouble" + list(run.unhealthy()));
    }
  }

  private void faultsHappened(List<Event> events, int steps) {
    Set<Integer> injected = stepsWith(events, Event.Kind.INJECT);
    if (injected.size() != steps) {
      objections.add(steps + " steps were planned, " + injected.size() + " were carried out");
    }
    Set<Integer> proved = stepsWith(events, Event.Kind.PROVED);
    Set<Integer> disproved = stepsWith(events, Event.Kind.NOT_PROVED);
    for (Event event : events) {
      boolean shown = proved.contains(event.step()) && !disproved.contains(event.step());
      if (event.is(Event.Kind.INJECT) && !shown) {
        objections.add(
            "Step " + event.step() + " was not proved to have happened: " + event.where());
      }
    }
  }

  private static Set<Integer> stepsWith(List<Event> events, Event.Kind kind) {
    return events.stream()
        .filter(event -> event.is(kind))
        .map(Event::step)
        .collect(Collectors.toSet());
  }

  private void loadRan(List<Request> requests, Run.Load load) {
    if (requests.size() != load.requests()) {
      objections.add(
          "The load was to send %d requests, its results have %d"
              .formatted(load.requests(), requests.size()));
    }
    Long lag = Percentile.of(99, requests.stream().mapToLong(Request::lagMs).sorted().toArray());
    if (lag != null && lag > LAG_P99_MAX_MS) {
      objections.add(
          "The load generator couldn't keep up: it sent requests late by %d ms at p99 (limit %d ms)"
              .formatted(lag, LAG_P99_MAX_MS));
    }
  }

  private void nodesLogged(History history) {
    if (!history.requests().isEmpty() && history.byApp().isEmpty()) {
      objections.add("No access line of nginx names a known app node within the run's time");
    }
    if (!history.requests().isEmpty() && history.byDatabase().isEmpty()) {
      objections.add("No access line of core names a known database within the run's time");
    }
  }

  private void writesWereLookedFor(History history) {
    int writes = history.of(Kind.WRITE).size();
    if (writes > 0) {
      objections.add(
          writes + " writes were sent, but nothing has looked for them in the database since");
    }
  }

  private void healed(Run run, List<Event> events) {
    if (!run.healed() || !run.notHealed().isEmpty()) {
      objections.add("The cluster did not heal" + list(run.notHealed()));
    }
    for (Event event : events) {
      if (event.is(Event.Kind.NOT_HEALED)) {
        objections.add("Step " + event.step() + " did not heal: " + event.where());
      }
    }
  }

  private static String list(List<String> texts) {
    return texts.isEmpty() ? "" : ": " + String.join("; ", texts);
  }
}
