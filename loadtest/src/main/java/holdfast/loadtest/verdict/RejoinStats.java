package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.ServedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a node served after it was healed under load.
 *
 * @param among the node's kind: "app nodes" or "databases"
 * @param firstMs when the node first served a request after it was healed; null if never
 * @param own the requests that the node served, from some time after its healing to the end of the
 *     load
 * @param all the requests that all nodes of its kind served in that time
 */
record RejoinStats(
    String host,
    String among,
    @Nullable Long healedMs,
    @Nullable Long firstMs,
    long own,
    long all) {

  /** Fewer requests than this are not enough to compute a share. */
  static final long ENOUGH = 50;

  /** One for each step that is healed under load; none if the drill promises no share. */
  static List<RejoinStats> of(History history, List<Event> events, Run run, Expectations expected) {
    Long withinS = expected.promised().returnedWithinS();
    if (withinS == null) {
      return List.of();
    }
    return IntStream.range(0, expected.steps().size())
        .filter(step -> expected.steps().get(step).healAtS() != null)
        .mapToObj(step -> events.stream().filter(event -> event.step() == step).toList())
        .flatMap(ofStep -> of(history, ofStep, run, withinS).stream())
        .toList();
  }

  private static Optional<RejoinStats> of(
      History history, List<Event> ofStep, Run run, long withinS) {
    String host = ofStep.stream().map(Event::host).filter(it -> it != null).findFirst().orElse("");
    long healedMs = Event.firstMs(ofStep, Event.Kind.HEALED);
    if (run.apps().containsKey(host)) {
      return Optional.of(of(host, "app nodes", healedMs, withinS, history.byApp()));
    }
    return run.databases().containsKey(host)
        ? Optional.of(of(host, "databases", healedMs, withinS, history.byDatabase()))
        : Optional.empty();
  }

  private static RejoinStats of(
      String host, String among, long healedMs, long withinS, List<ServedRequest> served) {
    if (healedMs == Long.MAX_VALUE) {
      return new RejoinStats(host, among, null, null, 0, 0);
    }
    List<ServedRequest> own = served.stream().filter(one -> one.node().equals(host)).toList();
    long fromMs = healedMs + withinS * 1000;
    return new RejoinStats(
        host, among, healedMs, firstMs(own, healedMs), since(own, fromMs), since(served, fromMs));
  }

  private static @Nullable Long firstMs(List<ServedRequest> own, long healedMs) {
    long first =
        own.stream().mapToLong(ServedRequest::atMs).filter(at -> at >= healedMs).min().orElse(-1);
    return first < 0 ? null : first;
  }

  private static long since(List<ServedRequest> served, long fromMs) {
    return served.stream().filter(one -> one.atMs() >= fromMs).count();
  }

  private @Nullable Double share() {
    return all < ENOUGH ? null : (double) own / all;
  }

  /** The figures by host. If a host was healed twice, the last time counts. */
  static Map<String, Result.Rejoin> figures(List<RejoinStats> returned) {
    Map<String, Result.Rejoin> figures = new TreeMap<>();
    returned.forEach(one -> figures.put(one.host, one.figures()));
    return figures;
  }

  private Result.Rejoin figures() {
    Double share = share();
    return new Result.Rejoin(
        share == null ? null : Math.round(share * 1000) / 1000.0,
        firstMs == null || healedMs == null ? null : (firstMs - healedMs) / 1000.0);
  }

  /** The nodes that served less than promised. */
  static List<String> failures(List<RejoinStats> returned, Promises promised) {
    List<String> failures = new ArrayList<>();
    Double least = promised.returnedShareMin();
    for (RejoinStats one : returned) {
      Double share = one.share();
      if (least != null && share != null && share < least) {
        failures.add(
            "%s served %s of the %s' requests from %d s after its healing on; the drill promises at least %s"
                .formatted(
                    one.host,
                    percent(share),
                    one.among,
                    promised.returnedWithinS(),
                    percent(least)));
      }
    }
    return failures;
  }

  /** Why the share of a node is unknown. */
  static List<String> doubts(List<RejoinStats> returned, Promises promised) {
    if (promised.returnedShareMin() != null && returned.isEmpty()) {
      return List.of("No step that was healed under load affected an app node or a database");
    }
    return returned.stream().flatMap(one -> one.doubt().stream()).toList();
  }

  private Optional<String> doubt() {
    if (healedMs == null) {
      return Optional.of(host + " was not seen to heal, so its share is unknown");
    }
    return all >= ENOUGH
        ? Optional.empty()
        : Optional.of(
            "Too few requests to compute the share of %s after its healing: %d of at least %d"
                .formatted(host, all, ENOUGH));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }
}
