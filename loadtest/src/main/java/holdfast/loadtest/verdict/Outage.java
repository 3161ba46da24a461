package holdfast.loadtest.verdict;

import holdfast.loadtest.history.Request;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A time in which no request that was due got a good answer.
 *
 * <p>It ends with a good answer (after the last of them, with the end of the last request). It
 * begins with the good answer before that, if a request was waiting then (was due and neither
 * answered nor given up) that no later one has overtaken: one that hangs while those after it are
 * answered is slow, not a time without service. Otherwise it begins with the first due time after
 * that answer. Times in which nothing was asked are thus no gap; a request that fails at once
 * widens the gap up to the next good answer; and when all goes well, the longest gap is at most the
 * longest latency.
 */
public record Outage(long fromMs, long toMs) {

  public long ms() {
    return toMs - fromMs;
  }

  /** The longest gap; empty if nothing was asked. */
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

  /** Walks through the closing moments in order of time, once over all requests. */
  private static final class Search {
    private final List<Request> byDue;
    private int next;

    /**
     * Due by now and not overtaken, the earliest due first; each ends later than those behind it.
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
