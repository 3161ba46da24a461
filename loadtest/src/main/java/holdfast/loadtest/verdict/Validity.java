package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a run proves anything: without a fault or a load, no promise is tested.
 *
 * @param objections why the run proves nothing, not even a failure
 * @param doubts why the run can't be passed; a broken promise still counts
 */
record Validity(List<String> objections, List<String> doubts) {

  static Validity of(History history, List<Event> events, Run run, Expectations expected) {
    Faults faults = new Faults(events, run, expected);
    List<String> objections = new ArrayList<>();
    if (!run.healthyBefore()) {
      objections.add(unhealthy(run));
    }
    objections.addAll(faults.notUnderLoad());
    objections.addAll(LoadCheck.objections(history, run));
    Ledger.of(history).ifPresent(ledger -> objections.addAll(ledger.objections()));
    List<String> doubts = doubts(run, faults);
    doubts.addAll(
        RejoinStats.doubts(RejoinStats.of(history, events, run, expected), expected.promised()));
    return new Validity(objections, doubts);
  }

  static String unhealthy(Run run) {
    return (run.healthyBefore()
            ? "The run itself had problems"
            : "The cluster was not healthy before the load")
        + list(run.unhealthy());
  }

  private static List<String> doubts(Run run, Faults faults) {
    List<String> doubts = new ArrayList<>();
    if (run.healthyBefore() && !run.unhealthy().isEmpty()) {
      doubts.add(unhealthy(run));
    }
    doubts.addAll(faults.notHeld());
    return doubts;
  }

  static String list(List<String> texts) {
    return texts.isEmpty() ? "" : ": " + String.join("; ", texts);
  }
}
