package holdfast.bench.feed;

import holdfast.bench.common.Latency;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The posts of a benchmark, and when each subscriber received them. */
final class Deliveries {

  /**
   * How many deliveries there should be, and how many were right or wrong. A delivery is the
   * receipt of one post by one subscriber.
   *
   * @param expected one delivery for each post and each subscriber who is a friend of its author
   * @param missed expected deliveries that didn't happen
   * @param twice deliveries that repeated an earlier one
   * @param uninvited deliveries of posts whose author is not the subscriber's friend
   * @param latency the time from the service's answer to the author until the subscriber has the
   *     post
   */
  record Tally(long expected, long missed, long twice, long uninvited, Latency latency) {}

  private record Posted(String author, long atNanos) {}

  private record Receipt(String post, long atNanos) {}

  private final List<Set<String>> friends;
  private final List<List<Receipt>> receipts = new ArrayList<>();
  private final Map<String, Posted> posts = new ConcurrentHashMap<>();
  private final Map<String, String> ids = new ConcurrentHashMap<>();
  private final LongAdder received = new LongAdder();

  /** {@code friends} holds, for each subscriber, the ids of the authors whose posts must arrive. */
  Deliveries(List<Set<String>> friends) {
    this.friends = friends;
    friends.forEach(any -> receipts.add(new ArrayList<>()));
  }

  /** Adds a post. Deliveries of posts that were never added are ignored. */
  void posted(String post, String author, long answeredNanos) {
    posts.put(post, new Posted(author, answeredNanos));
  }

  /** Adds a delivery. Two threads must not add deliveries of the same subscriber at once. */
  void received(int subscriber, String post, long atNanos) {
    String known = ids.computeIfAbsent(post, id -> id);
    receipts.get(subscriber).add(new Receipt(known, atNanos));
    received.increment();
  }

  /** The number of deliveries so far, including those of posts that were never added. */
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
