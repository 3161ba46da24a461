package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges a run: a pure function of the requests, the events and the promises.
 *
 * <p>First, a run that proves nothing is invalid, whatever it measured: the cluster was unhealthy,
 * a fault was not proved under load, the load differed from the plan, or the logs don't match the
 * load. One exception: the run fails if the database shows a lost write, a duplicated write, or a
 * write that was refused but stored. Second, a run with a broken promise, or with a cluster that
 * did not heal, fails. If only time limits were broken, it is marked as slow. Third, a run that
 * can't count as passed is invalid: it had problems on the way, or a fault ended too early.
 */
public final class Verdict {

  private Verdict() {}

  public static Result of(History history, List<Event> events, Run run, Expectations expected) {
    Result figures = Figures.of(history, events, run, expected);
    Validity validity = Validity.of(history, events, run, expected);
    List<String> broken =
        Stream.of(
                broken(figures, history, expected.promised()),
                RejoinStats.failures(
                    RejoinStats.of(history, events, run, expected), expected.promised()),
                Healing.failures(run, events))
            .flatMap(List::stream)
            .toList();
    List<String> slow = slow(figures, expected.promised());
    List<String> failures = Stream.concat(broken.stream(), slow.stream()).toList();
    List<String> counted = validity.objections().isEmpty() ? failures : certain(history);
    List<String> reasons =
        Stream.of(validity.objections(), counted, validity.doubts()).flatMap(List::stream).toList();
    boolean onlySlow = !counted.isEmpty() && broken.isEmpty();
    return figures.judged(outcome(counted, reasons), onlySlow, reasons);
  }

  private static Result.Outcome outcome(List<String> failures, List<String> reasons) {
    if (!failures.isEmpty()) {
      return Result.Outcome.FAILED;
    }
    return reasons.isEmpty() ? Result.Outcome.PASSED : Result.Outcome.INVALID;
  }

  /** Failures that count however the drill went, provided that the load wrote to this database. */
  private static List<String> certain(History history) {
    return Ledger.of(history)
        .filter(ledger -> ledger.objections().isEmpty())
        .map(Ledger::broken)
        .orElse(List.of());
  }

  /**
   * For a run with unreadable files: the figures of the readable ones, and why the run is invalid.
   */
  public static Result unreadable(
      History history, List<Event> events, Run run, List<String> problems) {
    List<String> reasons = new ArrayList<>();
    if (!run.unhealthy().isEmpty()) {
      reasons.add(Validity.unhealthy(run)); // the usual reason why files are missing
    }
    reasons.addAll(problems);
    return Figures.of(history, events, run, Expectations.NONE)
        .judged(Result.Outcome.INVALID, false, reasons);
  }

  private static List<String> broken(Result figures, History history, Promises promised) {
    List<String> broken = new ArrayList<>();
    Ledger.of(history).ifPresent(ledger -> broken.addAll(ledger.broken()));
    failed(history.of(RequestKind.READ), promised.failedReadsMax(), "reads").ifPresent(broken::add);
    failed(history.of(RequestKind.WRITE), promised.failedWritesMax(), "writes")
        .ifPresent(broken::add);
    Long unknownMax = promised.unknownWritesMax();
    if (unknownMax != null && figures.writes().unknown() > unknownMax) {
      broken.add(
          "%d writes have an unknown outcome; at most %d may have one"
              .formatted(figures.writes().unknown(), unknownMax));
    }
    return broken;
  }

  private static List<String> slow(Result figures, Promises promised) {
    List<String> slow = new ArrayList<>();
    Long p99 = figures.latencyMs().p99();
    Long p99Max = promised.p99MsMax();
    if (p99Max != null && p99 != null && p99 > p99Max) {
      slow.add("The p99 latency is %d ms; the drill promises at most %d ms".formatted(p99, p99Max));
    }
    Result.UnavailableMs gaps = figures.unavailableMs();
    gap(gaps.reads(), promised.gapReadsMsMax(), "reads").ifPresent(slow::add);
    gap(gaps.writes(), promised.gapWritesMsMax(), "writes").ifPresent(slow::add);
    return slow;
  }

  private static Optional<String> gap(long ms, @Nullable Long most, String what) {
    return most == null || ms <= most
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.UK,
                "The longest gap in %s is %,d ms; at most %,d ms is predicted",
                what,
                ms,
                most));
  }

  private static Optional<String> failed(List<Request> all, @Nullable Long most, String what) {
    List<Request> failed = all.stream().filter(request -> !request.good()).toList();
    if (most == null || failed.size() <= most) {
      return Optional.empty();
    }
    long unanswered = failed.stream().filter(Request::isUnanswered).count();
    return Optional.of(
        "%d %s failed; at most %d may fail".formatted(failed.size(), what, most)
            + (unanswered > 0 ? "; " + unanswered + " of them were never answered" : ""));
  }
}
