package holdfast.bench.feed;

import holdfast.bench.common.Latency;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Records which post reached which subscriber, how often and when. */
final class Deliveries {

  /**
   * The counts that are judged.
   *
   * @param expected expected deliveries: each post to each friend of its author
   * @param missed expected deliveries that never came
   * @param twice deliveries that came again
   * @param uninvited deliveries of posts whose author is not a friend
   * @param latency from the post's answer to its receipt
   */
  record Tally(long expected, long missed, long twice, long uninvited, Latency latency) {}

  private record Posted(String author, long atNanos) {}

  private record Receipt(String post, long atNanos) {}

  private final List<Set<String>> friends;
  private final List<List<Receipt>> receipts = new ArrayList<>();
  private final Map<String, Posted> posts = new ConcurrentHashMap<>();
  private final Map<String, String> ids = new ConcurrentHashMap<>();
  private final LongAdder received = new LongAdder();

  /** Takes, for each subscriber, the authors whose posts must arrive. */
  Deliveries(List<Set<String>> friends) {
    this.friends = friends;
    friends.forEach(any -> receipts.add(new ArrayList<>()));
  }

  /** Adds a post that counts. Deliveries of other posts are ignored. */
  void posted(String post, String author, long answeredNanos) {
    posts.put(post, new Posted(author, answeredNanos));
  }

  /** Adds a delivery. One subscriber's deliveries must not be added concurrently. */
  void received(int subscriber, String post, long atNanos) {
    String known = ids.computeIfAbsent(post, id -> id);
    receipts.get(subscriber).add(new Receipt(known, atNanos));
    received.increment();
  }

  /** The number of deliveries so far, of any post. */
  long received() {
    return received.sum();
  }

  long expected() {
    return friends.stream().mapToLong(this::expectedOf).sum();
  }

  private long expectedOf(Set<String> mine) {
    return posts.values().stream().filter(post -> mine.contains(post.author())).count();
  }

  Tally tally() {
    long expected = expected();
    long came = 0;
    long twice = 0;
    long uninvited = 0;
    List<Long> latencies = new ArrayList<>();
    for (int i = 0; i < friends.size(); i++) {
      Set<String> mine = friends.get(i);
      Set<String> seen = new HashSet<>();
      for (Receipt receipt : receipts.get(i)) {
        Posted post = posts.get(receipt.post());
        if (post == null) {
          continue;
        }
        if (!mine.contains(post.author())) {
          uninvited++;
        } else if (seen.add(receipt.post())) {
          came++;
          latencies.add(Math.max(0, receipt.atNanos() - post.atNanos()));
        } else {
          twice++;
        }
      }
    }
    return new Tally(expected, expected - came, twice, uninvited, Latency.ofNanos(latencies));
  }
}
