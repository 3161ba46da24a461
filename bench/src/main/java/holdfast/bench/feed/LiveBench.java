package holdfast.bench.feed;

import holdfast.bench.client.ApiClient;
import holdfast.bench.client.ApiClient.Answer;
import holdfast.bench.client.ApiClient.Person;
import holdfast.bench.client.Metrics;
import holdfast.bench.client.OpenLoopScheduler;
import holdfast.bench.client.ParallelRunner;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Latency;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Subscribers at all app nodes receive the posts of authors who post at a fixed rate. */
public final class LiveBench implements Benchmark {

  private static final int THREADS = 8;
  private static final int AUTHORS = 20;
  private static final long STRAGGLERS_NANOS = 20_000_000_000L;

  /**
   * Figures for result.json.
   *
   * @param posting the latency of posts, from their due time
   */
  record Figures(
      Map<String, Long> subscribersByNode,
      int friendsOfEach,
      int posts,
      int postsFailed,
      Deliveries.Tally deliveries,
      int socketsLost,
      Latency posting) {}

  /** The options. {@code warmUp} and {@code posts} are numbers of posts. */
  private record Settings(
      ApiClient api,
      int subscribers,
      int friends,
      int rate,
      int warmUp,
      int posts,
      List<URI> management) {

    static Settings of(Options options) {
      int rate = options.number("rate");
      Settings settings =
          new Settings(
              new ApiClient(options.uri("web")),
              options.number("subscribers"),
              Math.min(options.number("friends"), AUTHORS),
              rate,
              Math.multiplyExact(rate, options.number("warm_up")),
              Math.multiplyExact(rate, options.number("duration")),
              options.uris("management"));
      options.refuseUnused();
      return settings;
    }
  }

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    Settings settings = Settings.of(options);
    List<Person> authors = people(settings.api(), "live author ", AUTHORS);
    List<Person> readers = people(settings.api(), "live reader ", settings.subscribers());
    List<Set<String>> friendsOf = befriend(settings, readers, authors);
    Deliveries warmUp = new Deliveries(friendsOf);
    Deliveries measured = new Deliveries(friendsOf);
    Map<String, Long> byNode;
    Queue<Long> posting;
    int lost;
    try (FeedSubscribers subscribers = new FeedSubscribers(warmUp)) {
      subscribers.open(settings.api().live(), readers);
      byNode = subscribersByNode(settings.management());
      post(settings, authors, settings.warmUp(), warmUp);
      subscribers.deliverTo(measured);
      posting = post(settings, authors, settings.posts(), measured);
      lost = subscribers.lost();
    }
    return findings(figures(settings, byNode, posting, measured.tally(), lost));
  }

  private static List<Person> people(ApiClient api, String name, int count)
      throws IOException, InterruptedException {
    return ParallelRunner.each(count, THREADS, i -> () -> api.person(name + i));
  }

  /**
   * The friends of each reader begin one author later than those of the reader before. So all
   * authors have about equally many readers.
   */
  private static List<Set<String>> befriend(
      Settings settings, List<Person> readers, List<Person> authors)
      throws IOException, InterruptedException {
    return ParallelRunner.each(
        readers.size(),
        THREADS,
        i ->
            () -> {
              Set<String> friends =
                  IntStream.range(i, i + settings.friends())
                      .mapToObj(j -> authors.get(j % AUTHORS).id())
                      .collect(Collectors.toSet());
              for (String author : friends) {
                settings.api().put("/friend/set/" + author, readers.get(i)).expectGood();
              }
              return friends;
            });
  }

  private static Map<String, Long> subscribersByNode(List<URI> nodes)
      throws IOException, InterruptedException {
    Map<String, Long> byNode = new TreeMap<>();
    for (URI node : nodes) {
      byNode.put(node.getHost(), (long) Metrics.sum(node, "holdfast_live_subscribers", ""));
    }
    return byNode;
  }

  /**
   * The authors post in turn. Waits until the subscribers have received the posts, at most 20 s.
   * Then returns the latency of each successful post.
   */
  private static Queue<Long> post(
      Settings settings, List<Person> authors, int count, Deliveries deliveries)
      throws IOException, InterruptedException {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    OpenLoopScheduler.keep(
        settings.rate(),
        count,
        (i, due) -> {
          Person author = authors.get(i % AUTHORS);
          String key = UUID.randomUUID().toString();
          Answer answer =
              settings.api().post("/post/create", author, key, "text", "Post " + key).join();
          long now = System.nanoTime();
          if (answer.good()) {
            deliveries.posted(answer.id(), author.id(), now);
            nanos.add(now - due);
          }
        });
    settle(deliveries);
    return nanos;
  }

  /** Waits for the expected deliveries, at most 20 s. */
  private static void settle(Deliveries deliveries) {
    long expected = deliveries.expected();
    long deadline = System.nanoTime() + STRAGGLERS_NANOS;
    while (deliveries.received() < expected && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static Figures figures(
      Settings settings,
      Map<String, Long> byNode,
      Queue<Long> posting,
      Deliveries.Tally tally,
      int lost) {
    return new Figures(
        byNode,
        settings.friends(),
        settings.posts(),
        settings.posts() - posting.size(),
        tally,
        lost,
        Latency.ofNanos(posting));
  }

  private static Findings findings(Figures figures) {
    Deliveries.Tally tally = figures.deliveries();
    List<String> summary =
        List.of(
            "subscribers by node: " + figures.subscribersByNode(),
            "friends of each subscriber: "
                + figures.friendsOfEach()
                + " of "
                + AUTHORS
                + " authors",
            "%d posts, %d failed; latency: %s"
                .formatted(figures.posts(), figures.postsFailed(), figures.posting()),
            "%d deliveries expected, %d missed, %d repeated, %d not of a friend"
                .formatted(tally.expected(), tally.missed(), tally.twice(), tally.uninvited()),
            "latency from the answer to the author until a subscriber has the post: "
                + tally.latency());
    List<String> violations = new ArrayList<>();
    Findings.count(violations, figures.postsFailed(), "posts failed");
    Findings.count(violations, tally.missed(), "expected deliveries are missing");
    Findings.count(violations, tally.twice(), "deliveries were repeated");
    Findings.count(
        violations, tally.uninvited(), "deliveries were of posts whose author is not a friend");
    Findings.count(violations, figures.socketsLost(), "sockets were lost");
    return new Findings(figures, summary, violations);
  }
}
