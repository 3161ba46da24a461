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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one user's feed, page by page, at a fixed rate. The pages must always be the same, and hold
 * only friends' posts.
 */
public final class FeedBench implements Benchmark {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int HANDS = 8;
  private static final int LIMIT = 10;

  /**
   * Figures for result.json.
   *
   * @param pages a digest of all pages; it must be the same from the cache and from the database
   * @param byCache how often the nodes found the feed in the cache, missed it, or had no cache
   */
  record Figures(
      int friends,
      int sent,
      int failed,
      int wrong,
      Latency latency,
      String pages,
      Map<String, Long> byCache) {}

  private final Map<Integer, String> pages = new ConcurrentHashMap<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger wrong = new AtomicInteger();

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    ApiClient api = new ApiClient(options.uri("web"));
    List<String> authors = Files.readAllLines(Path.of(options.text("authors")));
    int count = options.number("friends");
    int rate = options.number("rate");
    int warmUp = rate * options.number("warm_up");
    int sent = rate * options.number("duration");
    int pageCount = options.number("pages");
    List<URI> management = options.uris("management");
    options.refuseUnused();
    if (authors.size() < count) {
      throw new IOException("only " + authors.size() + " authors for " + count + " friends");
    }
    Set<String> friends = Set.copyOf(authors.subList(0, count));
    Person reader = api.person("feed of " + count);
    List<String> order = List.copyOf(friends);
    ParallelRunner.each(
        count, HANDS, i -> () -> api.put("/friend/set/" + order.get(i), reader).expectGood());
    ask(api, reader, friends, rate, warmUp, pageCount);
    failed.set(0);
    Map<String, Long> before = byCache(management);
    Queue<Long> nanos = ask(api, reader, friends, rate, sent, pageCount);
    Map<String, Long> byCache = Metrics.since(before, byCache(management));
    Latency latency = Latency.ofNanos(nanos);
    return findings(
        new Figures(count, sent, failed.get(), wrong.get(), latency, digest(), byCache));
  }

  private static Map<String, Long> byCache(List<URI> management)
      throws IOException, InterruptedException {
    return Metrics.count(management, "holdfast_feed_total", "cache", "hit", "miss", "none");
  }

  private Queue<Long> ask(
      ApiClient api, Person reader, Set<String> friends, int rate, int count, int pageCount) {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    OpenLoopScheduler.keep(
        rate,
        count,
        (i, due) -> {
          int page = i % pageCount;
          String path = "/post/feed?offset=" + page * LIMIT + "&limit=" + LIMIT;
          Answer answer = api.get(path, reader);
          nanos.add(System.nanoTime() - due);
          check(page, answer, friends);
        });
    return nanos;
  }

  private void check(int page, Answer answer, Set<String> friends) {
    if (!answer.good()) {
      failed.incrementAndGet();
      return;
    }
    String before = pages.putIfAbsent(page, answer.body());
    if (before == null ? !ofFriends(answer.body(), friends) : !before.equals(answer.body())) {
      wrong.incrementAndGet();
    }
  }

  private static boolean ofFriends(String body, Set<String> friends) {
    JsonNode posts = JSON.readTree(body);
    return posts.size() == LIMIT
        && posts.values().stream()
            .allMatch(post -> friends.contains(post.path("author_user_id").asString()));
  }

  private String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new TreeMap<>(pages).values().forEach(page -> digest.update(page.getBytes()));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Findings findings(Figures figures) {
    List<String> summary =
        List.of(
            "%d feeds of a user with %d friends, %d failed, %d wrong: %s"
                .formatted(
                    figures.sent(),
                    figures.friends(),
                    figures.failed(),
                    figures.wrong(),
                    figures.latency()),
            "feeds by cache result: " + figures.byCache());
    List<String> violations = new ArrayList<>();
    Findings.count(violations, figures.failed(), "feeds failed");
    Findings.count(
        violations, figures.wrong(), "pages changed, or held posts of people who are not friends");
    return new Findings(figures, summary, violations);
  }
}
