package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Computes what a run measured, before it is judged. */
final class Figures {

  private Figures() {}

  static Result of(History history, List<Event> events, Run run, Expectations expected) {
    DrillPhases phase = DrillPhases.of(events);
    return new Result(
        run.drill(),
        Result.Outcome.INVALID,
        false,
        List.of(),
        Instant.ofEpochMilli(run.startedMs()).toString(),
        loadMs(history, run) / 1000.0,
        reads(history.of(RequestKind.READ)),
        writes(history.of(RequestKind.WRITE), Ledger.of(history)),
        new Result.Retried(retried(history, RequestKind.READ), retried(history, RequestKind.WRITE)),
        latencyMs(history.requests()),
        new Result.UnavailableMs(
            gapMs(history, RequestKind.READ), gapMs(history, RequestKind.WRITE)),
        RejoinStats.figures(RejoinStats.of(history, events, run, expected)),
        phase.count(run.apps().keySet(), history.byApp()),
        phase.count(run.databases().keySet(), history.byDatabase()),
        events);
  }

  /** From the first due time to the last answer. */
  private static long loadMs(History history, Run run) {
    long last = history.requests().stream().mapToLong(Request::endMs).max().orElse(run.endedMs());
    return last - run.startedMs();
  }

  private static Result.Reads reads(List<Request> reads) {
    long ok = reads.stream().filter(Request::good).count();
    return new Result.Reads(reads.size(), ok, reads.size() - ok);
  }

  private static Result.Writes writes(List<Request> writes, Optional<Ledger> ledger) {
    long acked = writes.stream().filter(Request::good).count();
    long refused = writes.stream().filter(Request::refused).count();
    return new Result.Writes(
        writes.size(),
        acked,
        refused,
        writes.size() - acked - refused,
        count(ledger, Ledger::lost),
        count(ledger, Ledger::duplicated),
        count(ledger, Ledger::recovered),
        count(ledger, Ledger::absent),
        count(ledger, Ledger::refusedStored));
  }

  private static @Nullable Long count(
      Optional<Ledger> ledger, Function<Ledger, List<String>> entries) {
    return ledger.map(it -> (long) entries.apply(it).size()).orElse(null);
  }

  private static long retried(History history, RequestKind kind) {
    return history.of(kind).stream().filter(Request::again).count();
  }

  private static Result.LatencyMs latencyMs(List<Request> requests) {
    long[] latencies = requests.stream().mapToLong(Request::latencyMs).sorted().toArray();
    return new Result.LatencyMs(
        Percentile.of(50, latencies), Percentile.of(99, latencies), Percentile.of(100, latencies));
  }

  private static long gapMs(History history, RequestKind kind) {
    return Outage.longest(history.of(kind)).map(Outage::ms).orElse(0L);
  }
}
