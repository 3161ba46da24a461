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
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one user's feed, page by page, at a fixed rate. Each page must have the same content at
 * every read, and hold only friends' posts.
 */
public final class FeedBench implements Benchmark {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int THREADS = 8;
  private static final int LIMIT = 10;

  /**
   * Figures for result.json.
   *
   * @param wrong good answers with a wrong page
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

  /** The options. {@code warmUp} and {@code sent} are numbers of requests. */
  private record Settings(
      ApiClient api,
      Set<String> friends,
      int rate,
      int warmUp,
      int sent,
      int pages,
      List<URI> management) {

    static Settings of(Options options) throws IOException {
      int rate = options.number("rate");
      Settings settings =
          new Settings(
              new ApiClient(options.uri("web")),
              friends(Path.of(options.text("authors")), options.number("friends")),
              rate,
              Math.multiplyExact(rate, options.number("warm_up")),
              Math.multiplyExact(rate, options.number("duration")),
              options.number("pages"),
              options.uris("management"));
      options.refuseUnused();
      return settings;
    }

    private static Set<String> friends(Path file, int count) throws IOException {
      List<String> authors = Files.readAllLines(file);
      if (authors.size() < count) {
        throw new IOException("only " + authors.size() + " authors for " + count + " friends");
      }
      return Set.copyOf(authors.subList(0, count));
    }
  }

  private final Map<Integer, String> pages = new ConcurrentHashMap<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger wrong = new AtomicInteger();

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    Settings settings = Settings.of(options);
    Person reader = befriend(settings);
    ask(settings, reader, settings.warmUp());
    failed.set(0);
    Map<String, Long> before = byCache(settings);
    Latency latency = ask(settings, reader, settings.sent());
    Map<String, Long> byCache = Metrics.since(before, byCache(settings));
    return findings(
        new Figures(
            settings.friends().size(),
            settings.sent(),
            failed.get(),
            wrong.get(),
            latency,
            digest(),
            byCache));
  }

  /** Returns the user who reads, with all the friends. */
  private static Person befriend(Settings settings) throws IOException, InterruptedException {
    List<String> friends = List.copyOf(settings.friends());
    Person reader = settings.api().person("feed of " + friends.size());
    ParallelRunner.each(
        friends.size(),
        THREADS,
        i -> () -> settings.api().put("/friend/set/" + friends.get(i), reader).expectGood());
    return reader;
  }

  private static Map<String, Long> byCache(Settings settings)
      throws IOException, InterruptedException {
    return Metrics.count(
        settings.management(), "holdfast_feed_total", "cache", "hit", "miss", "none");
  }

  /** Reads the pages in turn. Returns the latency from the due times. */
  private Latency ask(Settings settings, Person reader, int count)
      throws IOException, InterruptedException {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    OpenLoopScheduler.keep(
        settings.rate(),
        count,
        (i, due) -> {
          int page = i % settings.pages();
          String path = "/post/feed?offset=" + page * LIMIT + "&limit=" + LIMIT;
          Answer answer = settings.api().get(path, reader);
          nanos.add(System.nanoTime() - due);
          check(page, answer, settings.friends());
        });
    return Latency.ofNanos(nanos);
  }

  /**
   * Parses the answers for a page until one is right. Later answers for this page are only compared
   * with the right one, because parsing would take CPU time from the measured system on the same
   * machine.
   */
  private void check(int page, Answer answer, Set<String> friends) {
    if (!answer.good()) {
      failed.incrementAndGet();
      return;
    }
    String body = answer.body();
    String expected = pages.get(page);
    if (expected == null && isFullPage(body, friends)) {
      expected = Objects.requireNonNullElse(pages.putIfAbsent(page, body), body);
    }
    if (!body.equals(expected)) {
      wrong.incrementAndGet();
    }
  }

  private static boolean isFullPage(String body, Set<String> friends) {
    try {
      JsonNode posts = JSON.readTree(body);
      return posts.size() == LIMIT
          && posts.values().stream()
              .allMatch(post -> friends.contains(post.path("author_user_id").asString()));
    } catch (JacksonException e) {
      return false;
    }
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
        violations,
        figures.wrong(),
        "pages were wrong: changed, incomplete, not JSON, or with posts of people who are not friends");
    return new Findings(figures, summary, violations);
  }
}
