package holdfast.loadtest.report;

import holdfast.loadtest.history.History;
import holdfast.loadtest.timeline.Timeline;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Expectations;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Run;
import java.util.Comparator;
import java.util.List;

/** All that the page tells. */
public record ReportModel(
    String promise,
    Expectations expected,
    Run run,
    History history,
    Result result,
    Timeline timeline) {

  /** In order of time; the page calls an event by its place in this list, from 1. */
  List<Event> events() {
    return result.events().stream().sorted(Comparator.comparingLong(Event::atMs)).toList();
  }

  /** Else nothing can have been served after healing began. */
  boolean loadOutlastsFaults() {
    long healMs = Event.firstMs(result.events(), Event.Kind.HEAL);
    return history.requests().stream().anyMatch(request -> request.dueMs() >= healMs);
  }

  /** Nothing was read that could be drawn. */
  boolean isBlank() {
    return history.requests().isEmpty() && result.events().isEmpty();
  }

  /** The run's start; the first due time where run.json couldn't be read. */
  long startMs() {
    return run.startedMs() > 0 || history.requests().isEmpty()
        ? run.startedMs()
        : history.requests().getFirst().dueMs();
  }
}
