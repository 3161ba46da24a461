package holdfast.loadtest.verdict;

import holdfast.loadtest.history.Request;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A time in which no request that was due got a good answer.
 *
 * <p>It ends with a good answer (after the last of them, with the end of the last request). It
 * begins with the good answer before that, if a request was waiting then (was due and neither
 * answered nor given up); otherwise with the first due time after it. Times in which nothing was
 * asked are thus no gap; a request that fails at once widens the gap up to the next good answer;
 * and when all goes well, the longest gap is at most the longest latency.
 */
public record Gap(long fromMs, long toMs) {

  public long ms() {
    return toMs - fromMs;
  }

  /** The longest gap; empty if nothing was asked. */
  public static Optional<Gap> longest(List<Request> requests) {
    List<Request> byDue =
        requests.stream().sorted(Comparator.comparingLong(Request::dueMs)).toList();
    long[] answers =
        requests.stream().filter(Request::good).mapToLong(Request::endMs).sorted().toArray();
    Search search = new Search(byDue);
    for (long answer : answers) {
      search.closeAt(answer);
    }
    search.closeAt(requests.stream().mapToLong(Request::endMs).max().orElse(Long.MIN_VALUE));
    return Optional.ofNullable(search.longest);
  }

  /** Walks through the closing moments in order of time, once over all requests. */
  private static final class Search {
    private final List<Request> byDue;
    private int next;
    private long waitingUntil = Long.MIN_VALUE;
    private long last = Long.MIN_VALUE;
    private @Nullable Gap longest;

    private Search(List<Request> byDue) {
      this.byDue = byDue;
    }

    private void closeAt(long moment) {
      boolean waiting = waitingUntil > last;
      boolean asked = next < byDue.size() && byDue.get(next).dueMs() <= moment;
      if (moment > last && (waiting || asked)) {
        Gap gap = new Gap(waiting ? last : byDue.get(next).dueMs(), moment);
        longest = longest == null || gap.ms() > longest.ms() ? gap : longest;
      }
      while (next < byDue.size() && byDue.get(next).dueMs() <= moment) {
        waitingUntil = Math.max(waitingUntil, byDue.get(next++).endMs());
      }
      last = moment;
    }
  }
}
