package holdfast.loadtest.verdict;

import holdfast.loadtest.history.ServedRequest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The run's three phases: before the first fault, during the faults, after healing began. */
record DrillPhases(long faultMs, long healMs) {

  static DrillPhases of(List<Event> events) {
    return new DrillPhases(
        Event.firstMs(events, Event.Kind.INJECT), Event.firstMs(events, Event.Kind.HEAL));
  }

  /** Counts requests by node. A node that served nothing has zeros. */
  Map<String, Result.Phases> count(Collection<String> nodes, List<ServedRequest> served) {
    Map<String, long[]> counts = new LinkedHashMap<>();
    nodes.stream().sorted().forEach(node -> counts.put(node, new long[3]));
    for (ServedRequest one : served) {
      counts.computeIfAbsent(one.node(), node -> new long[3])[index(one.atMs())]++;
    }
    Map<String, Result.Phases> phases = new LinkedHashMap<>();
    counts.forEach((node, n) -> phases.put(node, new Result.Phases(n[0], n[1], n[2])));
    return phases;
  }

  private int index(long atMs) {
    return atMs < faultMs ? 0 : atMs < healMs ? 1 : 2;
  }
}
