package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The requests that the load should have sent, one every 1/rate seconds.
 *
 * <p>JMeter writes a result when a request ends, so a request that still hangs when JMeter ends has
 * none. Such a request counts as failed without an answer, with a latency up to the end of the
 * load. But if at least a fifth of the requests have no result, or JMeter ended before all were
 * due, the load itself failed. Then nothing is added, and {@link LoadCheck} reports that results
 * are missing, or that the load ended early.
 */
public final class Schedule {

  private static final double UNANSWERED_BELOW = 0.2;

  /** JMeter writes due times in whole milliseconds. */
  private static final long ROUNDED_MS = 1;

  private Schedule() {}

  /** Adds the requests that were never answered. */
  public static History complete(History history, Run run) {
    List<Request> missing = missing(history.requests(), run);
    boolean answeredEnough = missing.size() < UNANSWERED_BELOW * run.load().requests();
    if (!answeredEnough || endsEarlyMs(run) > 0) {
      return history;
    }
    List<Request> all = Stream.concat(history.requests().stream(), missing.stream()).toList();
    return new History(all, history.byApp(), history.byDatabase(), history.stored());
  }

  /**
   * The time from the end of the load to the moment at which its last request was due, in
   * milliseconds. It is 0 or less if the load ran to the end.
   */
  static long endsEarlyMs(Run run) {
    return dueMs(run, run.load().requests() - 1) - run.endedMs();
  }

  /**
   * Compares the requests that have a result with the times at which the plan sends a request. Both
   * are in order of time. The request of a planned time is missing if no result is left, or if the
   * next result's request was due later.
   */
  private static List<Request> missing(List<Request> requests, Run run) {
    List<Request> missing = new ArrayList<>();
    int next = 0;
    for (long i = 0; i < run.load().requests(); i++) {
      long due = dueMs(run, i);
      if (next < requests.size() && requests.get(next).dueMs() <= due + ROUNDED_MS) {
        next++;
      } else {
        missing.add(Request.unanswered(due, run.endedMs()));
      }
    }
    return missing;
  }

  private static long dueMs(Run run, long index) {
    return run.startedMs() + (long) (index * 1000 / run.load().rate());
  }
}
