package holdfast.bench.search;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Letters;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Measures the latency of a search for each pair of letters, and of a search that finds nobody. One
 * client sends one search after the other.
 */
public final class GrowthBench implements Benchmark {

  /** No demo user has a name that starts with this letter, so the search finds nobody. */
  private static final String NOBODY = "Ъ";

  private static final int WARM_UP_ROUNDS = 2;
  private static final int ROUNDS = 5;

  /** How many searches that find nobody are sent in each round. */
  private static final int OF_NOBODY = 18;

  /**
   * The first of these searches don't count: the large answers before them left the caches cold.
   */
  private static final int OF_NOBODY_UNCOUNTED = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The size of the answer to a pair of letters, and the median latency over the rounds. */
  record Point(String first, String last, long bytes, double ms) {}

  /**
   * Figures for result.json.
   *
   * @param tableBytes the size of the table with its indexes
   * @param fixedMs the median latency of the searches that find nobody
   */
  record Figures(long users, long tableBytes, double fixedMs, List<Point> points, int failed) {}

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    URI web = options.uri("web");
    int users = options.number("users");
    long tableBytes = Long.parseLong(options.text("table_bytes"));
    options.refuseUnused();
    Search nobody = new Search(web, NOBODY, NOBODY);
    List<Search> searches = searches(web);
    measure(nobody, searches);
    int failed = nobody.failed + searches.stream().mapToInt(search -> search.failed).sum();
    List<Point> points = searches.stream().map(Search::point).toList();
    return findings(new Figures(users, tableBytes, nobody.median(), points, failed));
  }

  /** Sends the searches for letters in another order in each round. */
  private static void measure(Search nobody, List<Search> searches)
      throws IOException, InterruptedException {
    List<Search> order = new ArrayList<>(searches);
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
        boolean counts = round >= 0;
        for (int i = 0; i < OF_NOBODY; i++) {
          nobody.measure(http, counts && i >= OF_NOBODY_UNCOUNTED);
        }
        Collections.shuffle(order, new Random(round));
        for (Search search : order) {
          search.measure(http, counts);
        }
      }
    }
  }

  private static Findings findings(Figures figures) {
    String summary =
        "%d users, %d MiB: a search that finds nobody takes %.2f ms"
            .formatted(figures.users(), figures.tableBytes() >> 20, figures.fixedMs());
    List<String> violations = new ArrayList<>();
    Findings.count(violations, figures.failed(), "searches failed");
    return new Findings(figures, List.of(summary), violations);
  }

  private static List<Search> searches(URI web) {
    List<Search> searches = new ArrayList<>();
    for (String first : Letters.ALL) {
      for (String last : Letters.ALL) {
        searches.add(new Search(web, first, last));
      }
    }
    return searches;
  }

  /** A search for one pair of prefixes, and its latencies. */
  private static final class Search {
    private final String first;
    private final String last;
    private final HttpRequest request;
    private final List<Long> nanos = new ArrayList<>();
    private long bytes;
    private int failed;

    Search(URI web, String first, String last) {
      this.first = first;
      this.last = last;
      String query = "/user/search?first_name=%s&last_name=%s";
      this.request =
          HttpRequest.newBuilder(web.resolve(query.formatted(encode(first), encode(last))))
              .timeout(PATIENCE)
              // Otherwise nginx could give an answer that it has kept from the table of another
              // size.
              .header("Cache-Control", "no-store")
              .build();
    }

    private static String encode(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    void measure(HttpClient http, boolean counts) throws IOException, InterruptedException {
      long begin = System.nanoTime();
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      long took = System.nanoTime() - begin;
      if (answer.statusCode() != 200) {
        failed++;
      } else if (counts) {
        nanos.add(took);
        bytes = answer.body().length;
      }
    }

    Point point() {
      return new Point(first, last, bytes, median());
    }

    double median() {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
      Arrays.sort(sorted);
      return sorted.length == 0 ? Double.NaN : Math.round(sorted[sorted.length / 2] / 1e3) / 1e3;
    }
  }
}
