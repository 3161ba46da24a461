package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Kind;
import holdfast.loadtest.history.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The judgement: a pure function of what was asked, what was done and what was promised. */
public final class Verdict {

  private Verdict() {}

  public static Result of(History history, List<Event> events, Run run, Expectations expected) {
    Result figures = figures(history, events, run);
    List<String> objections = Validity.objections(history, events, run, expected);
    List<String> broken = broken(figures, expected);
    Result.Outcome outcome =
        !objections.isEmpty()
            ? Result.Outcome.INVALID
            : broken.isEmpty() ? Result.Outcome.PASSED : Result.Outcome.FAILED;
    return judged(figures, outcome, Stream.concat(objections.stream(), broken.stream()).toList());
  }

  /** For a run whose files can't be read: the figures of what could be, and why it is invalid. */
  public static Result unreadable(
      History history, List<Event> events, Run run, List<String> problems) {
    return judged(figures(history, events, run), Result.Outcome.INVALID, problems);
  }

  private static List<String> broken(Result figures, Expectations expected) {
    List<String> broken = new ArrayList<>();
    Long failedMax = expected.failedReadsMax();
    if (failedMax != null && figures.reads().failed() > failedMax) {
      broken.add("%d reads failed, at most %d may".formatted(figures.reads().failed(), failedMax));
    }
    Long p99 = figures.latencyMs().p99();
    Long p99Max = expected.p99MsMax();
    if (p99Max != null && p99 != null && p99 > p99Max) {
      broken.add("The latency's p99 is %d ms, at most %d ms is promised".formatted(p99, p99Max));
    }
    return broken;
  }

  private static Result figures(History history, List<Event> events, Run run) {
    Phase phase = Phase.of(events);
    long[] latencies = history.requests().stream().mapToLong(Request::latencyMs).sorted().toArray();
    return new Result(
        run.drill(),
        Result.Outcome.INVALID,
        List.of(),
        Instant.ofEpochMilli(run.startedMs()).toString(),
        (run.endedMs() - run.startedMs()) / 1000.0,
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

  /** Nobody has looked into the database yet; Validity refuses a run that has writes. */
  private static Result.Writes writes(List<Request> writes) {
    long acked = writes.stream().filter(Request::good).count();
    long refused = writes.stream().filter(Request::refused).count();
    return new Result.Writes(writes.size(), acked, refused, writes.size() - acked - refused, 0, 0);
  }

  private static long gapMs(History history, Kind kind) {
    return Gap.longest(history.of(kind)).map(Gap::ms).orElse(0L);
  }
}
