package holdfast.loadtest.verdict;

import holdfast.loadtest.history.Request;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A time without service, called a gap in reports: requests were due, but none got a good answer.
 *
 * <p>An outage ends with a good answer. If no good answer follows, it ends with the end of the last
 * request. It starts with the previous good answer if a request was waiting at that time: one that
 * was due, and neither answered nor given up. If no request was waiting, the outage starts with the
 * first due time after the previous good answer. So a time without requests is no outage.
 *
 * <p>A waiting request is overtaken, and no longer counts, once a later request got a good answer:
 * the service works, and only the waiting request is slow. A request that fails at once extends the
 * outage to the next good answer. If everything works, the longest outage is at most the longest
 * latency.
 */
public record Outage(long fromMs, long toMs) {

  public long ms() {
    return toMs - fromMs;
  }

  /** The longest outage; empty if there were no requests. */
  public static Optional<Outage> longest(List<Request> requests) {
    List<Request> byDue =
        requests.stream().sorted(Comparator.comparingLong(Request::dueMs)).toList();
    Search search = new Search(byDue);
    requests.stream()
        .filter(Request::good)
        .sorted(Comparator.comparingLong(Request::endMs))
        .forEach(answered -> search.closeAt(answered.endMs(), answered.dueMs()));
    long end = requests.stream().mapToLong(Request::endMs).max().orElse(Long.MIN_VALUE);
    search.closeAt(end, Long.MIN_VALUE);
    return Optional.ofNullable(search.longest);
  }

  /**
   * Goes through the moments that end an outage, in order of time, and once through all requests.
   */
  private static final class Search {
    private final List<Request> byDue;
    private int next;

    /**
     * The requests that are due and not overtaken, earliest first. Each one ends later than those
     * behind it.
     */
    private final Deque<Request> waiting = new ArrayDeque<>();

    private long last = Long.MIN_VALUE;
    private @Nullable Outage longest;

    private Search(List<Request> byDue) {
      this.byDue = byDue;
    }

    private void closeAt(long moment, long answeredDueMs) {
      boolean waits = !waiting.isEmpty() && waiting.getFirst().endMs() > last;
      boolean asked = next < byDue.size() && byDue.get(next).dueMs() <= moment;
      if (moment > last && (waits || asked)) {
        Outage gap = new Outage(waits ? last : byDue.get(next).dueMs(), moment);
        longest = longest == null || gap.ms() > longest.ms() ? gap : longest;
      }
      while (next < byDue.size() && byDue.get(next).dueMs() <= moment) {
        Request request = byDue.get(next++);
        while (!waiting.isEmpty() && waiting.getLast().endMs() <= request.endMs()) {
          waiting.removeLast();
        }
        waiting.addLast(request);
      }
      while (!waiting.isEmpty() && waiting.getFirst().dueMs() <= answeredDueMs) {
        waiting.removeFirst();
      }
      last = moment;
    }
  }
}
