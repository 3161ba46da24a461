package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Kind;
import holdfast.loadtest.history.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The judgement: a pure function of what was asked, what was done and what was promised.
 *
 * <p>A run from which nothing follows (an unhealthy cluster, a fault that was not proved under the
 * load, another load than the one asked for, logs that don't fit it) is invalid, whatever it
 * measured. Else a broken promise, or a cluster that did not heal, is a failure. Else what merely
 * forbids to call it passed (trouble on the way, a fault that was gone too early) makes it invalid.
 */
public final class Verdict {

  private Verdict() {}

  public static Result of(History history, List<Event> events, Run run, Expectations expected) {
    Result figures = figures(history, events, run);
    Validity validity = Validity.of(history, events, run, expected);
    List<String> broken =
        Stream.concat(
                broken(figures, history, expected).stream(), Healing.failures(run, events).stream())
            .toList();
    Result.Outcome outcome = outcome(validity, broken);
    List<String> counted = outcome == Result.Outcome.FAILED ? broken : List.of();
    List<String> reasons =
        Stream.of(validity.objections(), counted, validity.doubts()).flatMap(List::stream).toList();
    return judged(figures, outcome, reasons);
  }

  private static Result.Outcome outcome(Validity validity, List<String> broken) {
    if (!validity.objections().isEmpty()) {
      return Result.Outcome.INVALID;
    }
    if (!broken.isEmpty()) {
      return Result.Outcome.FAILED;
    }
    return validity.doubts().isEmpty() ? Result.Outcome.PASSED : Result.Outcome.INVALID;
  }

  /** For a run whose files can't be read: the figures of what could be, and why it is invalid. */
  public static Result unreadable(
      History history, List<Event> events, Run run, List<String> problems) {
    return judged(figures(history, events, run), Result.Outcome.INVALID, problems);
  }

  private static List<String> broken(Result figures, History history, Expectations expected) {
    List<String> broken = new ArrayList<>();
    failed(history.of(Kind.READ), expected.failedReadsMax(), "reads").ifPresent(broken::add);
    failed(history.of(Kind.WRITE), expected.failedWritesMax(), "writes").ifPresent(broken::add);
    Long p99 = figures.latencyMs().p99();
    Long p99Max = expected.p99MsMax();
    if (p99Max != null && p99 != null && p99 > p99Max) {
      broken.add("The latency's p99 is %d ms, at most %d ms is promised".formatted(p99, p99Max));
    }
    return broken;
  }

  private static Optional<String> failed(List<Request> all, @Nullable Long most, String what) {
    List<Request> failed = all.stream().filter(request -> !request.good()).toList();
    if (most == null || failed.size() <= most) {
      return Optional.empty();
    }
    long unanswered = failed.stream().filter(Request::isUnanswered).count();
    return Optional.of(
        "%d %s failed, at most %d may".formatted(failed.size(), what, most)
            + (unanswered > 0 ? "; " + unanswered + " of them were never answered" : ""));
  }

  private static Result figures(History history, List<Event> events, Run run) {
    Phase phase = Phase.of(events);
    long[] latencies = history.requests().stream().mapToLong(Request::latencyMs).sorted().toArray();
    return new Result(
        run.drill(),
        Result.Outcome.INVALID,
        List.of(),
        Instant.ofEpochMilli(run.startedMs()).toString(),
        loadMs(history, run) / 1000.0,
        reads(history.of(Kind.READ)),
        writes(history.of(Kind.WRITE)),
        new Result.LatencyMs(
            Percentile.of(50, latencies),
            Percentile.of(99, latencies),
            Percentile.of(100, latencies)),
        new Result.UnavailableMs(gapMs(history, Kind.READ), gapMs(history, Kind.WRITE)),
        phase.count(run.apps().keySet(), history.byApp()),
        phase.count(run.databases().keySet(), history.byDatabase()),
        events);
  }

  /** From the first due time to the last answer. */
  private static long loadMs(History history, Run run) {
    long last = history.requests().stream().mapToLong(Request::endMs).max().orElse(run.endedMs());
    return last - run.startedMs();
  }

  private static Result judged(Result figures, Result.Outcome outcome, List<String> reasons) {
    return new Result(
        figures.drill(),
        outcome,
        reasons,
        figures.started(),
        figures.durationS(),
        figures.reads(),
        figures.writes(),
        figures.latencyMs(),
        figures.unavailableMs(),
        figures.perApp(),
        figures.perReplica(),
        figures.events());
  }

  private static Result.Reads reads(List<Request> reads) {
    long ok = reads.stream().filter(Request::good).count();
    return new Result.Reads(reads.size(), ok, reads.size() - ok);
  }

  private static Result.Writes writes(List<Request> writes) {
    long acked = writes.stream().filter(Request::good).count();
    long refused = writes.stream().filter(Request::refused).count();
    return new Result.Writes(
        writes.size(), acked, refused, writes.size() - acked - refused, null, null);
  }

  private static long gapMs(History history, Kind kind) {
    return Gap.longest(history.of(kind)).map(Gap::ms).orElse(0L);
  }
}
