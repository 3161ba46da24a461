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
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Subscribers at all app nodes receive the posts of authors who post at a fixed rate. */
public final class LiveBench implements Benchmark {

  private static final int HANDS = 8;
  private static final int AUTHORS = 20;
  private static final long STRAGGLERS_NANOS = 20_000_000_000L;

  /** Figures for result.json. */
  record Figures(
      Map<String, Long> subscribersByNode,
      int friendsOfEach,
      int posts,
      int postsFailed,
      Deliveries.Tally deliveries,
      int socketsLost,
      Latency posting) {}

  private final AtomicInteger socketsLost = new AtomicInteger();

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    ApiClient api = new ApiClient(options.uri("web"));
    int count = options.number("subscribers");
    int friends = Math.min(options.number("friends"), AUTHORS);
    int rate = options.number("rate");
    int warmUp = rate * options.number("warm_up");
    int posts = rate * options.number("duration");
    List<URI> nodes = options.uris("management");
    options.refuseUnused();
    List<Person> authors = people(api, "live author ", AUTHORS);
    List<Person> readers = people(api, "live reader ", count);
    List<Set<String>> friendsOf = befriend(api, readers, authors, friends);
    AtomicReference<Deliveries> current = new AtomicReference<>(new Deliveries(friendsOf));
    try (ExecutorService hands = Executors.newFixedThreadPool(HANDS);
        HttpClient http = HttpClient.newBuilder().executor(hands).build()) {
      List<WebSocket> sockets = subscribe(http, api.live(), readers, current);
      Map<String, Long> byNode = subscribers(nodes);
      post(api, authors, rate, warmUp, current.get());
      settle(current.get());
      Deliveries measured = new Deliveries(friendsOf);
      current.set(measured);
      Queue<Long> posting = post(api, authors, rate, posts, measured);
      settle(measured);
      int lost = socketsLost.get();
      sockets.forEach(WebSocket::abort);
      int failed = posts - posting.size();
      Latency latency = Latency.ofNanos(posting);
      Deliveries.Tally tally = measured.tally();
      return findings(new Figures(byNode, friends, posts, failed, tally, lost, latency));
    }
  }

  private static List<Person> people(ApiClient api, String name, int count)
      throws IOException, InterruptedException {
    return ParallelRunner.each(count, HANDS, i -> () -> api.person(name + i));
  }

  /** Each reader befriends some of the authors, so that all authors have equally many readers. */
  private static List<Set<String>> befriend(
      ApiClient api, List<Person> readers, List<Person> authors, int friends)
      throws IOException, InterruptedException {
    return ParallelRunner.each(
        readers.size(),
        HANDS,
        i ->
            () -> {
              Set<String> mine =
                  IntStream.range(i, i + friends)
                      .mapToObj(j -> authors.get(j % AUTHORS).id())
                      .collect(Collectors.toSet());
              for (String author : mine) {
                api.put("/friend/set/" + author, readers.get(i)).expectGood();
              }
              return mine;
            });
  }

  private List<WebSocket> subscribe(
      HttpClient http, URI feed, List<Person> readers, AtomicReference<Deliveries> current)
      throws IOException, InterruptedException {
    List<WebSocket> sockets = new ArrayList<>();
    for (int i = 0; i < readers.size(); i++) {
      int reader = i;
      FeedSubscriber subscriber =
          new FeedSubscriber(
              (post, at) -> current.get().received(reader, post, at), socketsLost::incrementAndGet);
      try {
        sockets.add(subscriber.open(http, feed, readers.get(i).token()).get());
      } catch (ExecutionException e) {
        throw new IOException("socket " + i + " was not opened: " + e.getCause(), e);
      }
    }
    return sockets;
  }

  private static Map<String, Long> subscribers(List<URI> nodes)
      throws IOException, InterruptedException {
    Map<String, Long> byNode = new TreeMap<>();
    for (URI node : nodes) {
      byNode.put(node.getHost(), (long) Metrics.sum(node, "holdfast_live_subscribers", ""));
    }
    return byNode;
  }

  /** The authors post in turn. Returns the latency of each successful post. */
  private static Queue<Long> post(
      ApiClient api, List<Person> authors, int rate, int count, Deliveries deliveries) {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    OpenLoopScheduler.keep(
        rate,
        count,
        (i, due) -> {
          Person author = authors.get(i % AUTHORS);
          String key = UUID.randomUUID().toString();
          Answer answer = api.post("/post/create", author, key, "text", "Post " + key).join();
          long now = System.nanoTime();
          if (answer.good()) {
            deliveries.posted(answer.id(), author.id(), now);
            nanos.add(now - due);
          }
        });
    return nanos;
  }

  /** Waits until all expected deliveries came, or until the time is up. */
  private static void settle(Deliveries deliveries) {
    long expected = deliveries.expected();
    long deadline = System.nanoTime() + STRAGGLERS_NANOS;
    while (deliveries.received() < expected && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static Findings findings(Figures figures) {
    Deliveries.Tally tally = figures.deliveries();
    List<String> summary =
        List.of(
            "subscribers by node: " + figures.subscribersByNode(),
            "friends of each: " + figures.friendsOfEach() + " of " + AUTHORS + " authors",
            "%d posts, %d failed; latency: %s"
                .formatted(figures.posts(), figures.postsFailed(), figures.posting()),
            "%d deliveries expected, %d missed, %d repeated, %d not of a friend"
                .formatted(tally.expected(), tally.missed(), tally.twice(), tally.uninvited()),
            "from the post's answer to the subscriber: " + tally.latency());
    List<String> violations = new ArrayList<>();
    Findings.count(violations, figures.postsFailed(), "posts failed");
    Findings.count(violations, tally.missed(), "deliveries were missed");
    Findings.count(violations, tally.twice(), "deliveries came more than once");
    Findings.count(
        violations, tally.uninvited(), "deliveries were of posts whose author is not a friend");
    Findings.count(violations, figures.socketsLost(), "sockets were lost");
    return new Findings(figures, summary, violations);
  }
}
