package holdfast.loadtest.report;

import holdfast.loadtest.history.History;
import holdfast.loadtest.timeline.Timeline;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Expectations;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Run;
import java.util.Comparator;
import java.util.List;

/** The data for the report of a drill. */
public record ReportModel(
    String promise,
    Expectations expected,
    Run run,
    History history,
    Result result,
    Timeline timeline) {

  /** The events in order of time. The report numbers them from 1 in this order. */
  List<Event> events() {
    return result.events().stream().sorted(Comparator.comparingLong(Event::atMs)).toList();
  }

  /** Whether requests were still due after healing began. */
  boolean loadOutlastsFaults() {
    long healMs = Event.firstMs(result.events(), Event.Kind.HEAL);
    return history.requests().stream().anyMatch(request -> request.dueMs() >= healMs);
  }

  /** Whether there is nothing to draw. */
  boolean isBlank() {
    return history.requests().isEmpty() && result.events().isEmpty();
  }

  /** The start of the run, or the first due time if run.json couldn't be read. */
  long startMs() {
    return run.startedMs() > 0 || history.requests().isEmpty()
        ? run.startedMs()
        : history.requests().getFirst().dueMs();
  }
}
