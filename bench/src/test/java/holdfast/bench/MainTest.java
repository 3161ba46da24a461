package holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.fixture.Network;
import holdfast.loadtest.fixture.Network.Answer;
import holdfast.loadtest.fixture.Network.Asked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests of Main with a network in memory that makes mistakes on purpose. The benchmarks must find
 * these mistakes.
 */
class MainTest {

  @TempDir Path folder;
  private final Network network = new Network();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String nodes = "";
  private String first = "";

  @BeforeEach
  void start() throws IOException {
    URI one = network.node();
    first = one.toString();
    nodes = one + "," + network.node();
    network.metrics("holdfast_reads_total{reason=\"behind\",server=\"primary\"} %d"::formatted);
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @Test
  void findsNothingWrongWithWritesThatAreSeenAtOnce() throws IOException {
    assertThat(ownWrites()).isZero();
    assertThat(result().at("/figures/pairs").asInt()).isEqualTo(64);
    assertThat(result().at("/figures/kinds/create then get/pairs").asInt()).isEqualTo(16);
    assertThat(network.asked("PUT /friend/set")).hasSize(8);
    assertThat(network.asked("PUT /friend/delete")).hasSize(8);
  }

  @Test
  void sendsWritesAndReadsToAllCombinationsOfNodes() throws IOException {
    ownWrites();
    for (String route : List.of("POST /post/create", "GET /post/get", "GET /dialog/list")) {
      assertThat(network.asked(route).stream().map(Asked::port).distinct()).hasSize(2);
    }
    assertThat(combinations("PUT /post/update", "GET /post/get")).hasSize(4);
  }

  @Test
  void countsReadsWithoutTheWriteAsStale() throws IOException {
    network.err("GET /post/get", 5, it -> new Answer(404, "{}"));
    network.err("GET /post/get", 6, it -> new Answer(200, it.body().replace("Text", "Old")));
    network.err("GET /post/feed", 1, it -> new Answer(200, "[]"));
    network.err("GET /dialog/list", 3, it -> new Answer(200, "[]"));
    assertThat(ownWrites()).isEqualTo(1);
    int stale =
        result().at("/figures/kinds").values().stream()
            .mapToInt(it -> it.at("/stale").asInt())
            .sum();
    assertThat(stale).isEqualTo(4);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("WRONG: 1 reads were stale: befriend");
  }

  @Test
  void hasMeasuredNothingIfNoReadMetALaggingReplica() throws IOException {
    network.metrics(any -> "holdfast_reads_total{reason=\"behind\",server=\"primary\"} 7");
    assertThat(ownWrites()).isEqualTo(2);
    assertThat(result().at("/violations")).isEmpty();
    assertThat(result().at("/unmeasured").get(0).asString())
        .isEqualTo("no read met a lagging replica");
    assertThat(result().at("/figures/pairs").asInt()).isEqualTo(64);
  }

  @Test
  void findsStaleReadsAlsoIfNoReadMetALaggingReplica() throws IOException {
    network.metrics(any -> "");
    network.err("GET /post/get", 5, it -> new Answer(404, "{}"));
    assertThat(ownWrites()).isEqualTo(1);
  }

  @Test
  void countsNoReadAsStaleIfThePostBeforeItWasRefused() throws IOException {
    for (int number = 1; number <= 8; number++) {
      network.err("POST /post/create", number, it -> new Answer(503, "{}"));
    }
    assertThat(ownWrites()).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("IOException: the service answered 503: {}\n");
  }

  @Test
  void hasMeasuredNothingIfANodeRefusesItsMetrics() throws IOException {
    network.err("GET /actuator/prometheus", 1, it -> new Answer(503, "{}"));
    assertThat(ownWrites()).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("IOException: " + first + " answered 503 instead of its metrics\n");
  }

  @Test
  void countsRefusedWritesAsFailed() throws IOException {
    network.err("PUT /post/update", 2, it -> new Answer(404, "{}"));
    assertThat(ownWrites()).isEqualTo(1);
    assertThat(result().at("/violations").get(0).asString())
        .isEqualTo("1 pairs failed: update then get");
  }

  @Test
  void sendsEachPostTwiceUnderOneKeyToTwoNodes() throws IOException {
    assertThat(duplicates()).isZero();
    List<Asked> asked = new ArrayList<>(network.asked("POST /post/create"));
    asked.addAll(network.asked("POST /dialog/send"));
    assertThat(asked).hasSize(2 * 40);
    assertThat(asked.stream().collect(Collectors.groupingBy(Asked::key)).values())
        .allMatch(both -> both.stream().map(Asked::port).distinct().count() == 2);
    assertThat(result().at("/figures/posts").asInt()).isEqualTo(20);
    assertThat(result().at("/figures/writers").size()).isEqualTo(4);
  }

  @Test
  void findsUnequalAnswersAndRefusedOnes() throws IOException {
    network.err("POST /post/create", 3, it -> new Answer(200, "\"another\""));
    network.err("POST /dialog/send", 3, it -> new Answer(503, "{}"));
    assertThat(duplicates()).isEqualTo(1);
    assertThat(result().at("/figures/unequal").asInt()).isEqualTo(1);
    assertThat(result().at("/figures/failed").asInt()).isEqualTo(1);
  }

  @Test
  void readsTheSamePagesOfAFeedInEachRun() throws IOException {
    assertThat(feed()).isZero();
    String pages = result().at("/figures/pages").asString();
    assertThat(feed()).isZero();
    assertThat(result().at("/figures/pages").asString()).isEqualTo(pages).hasSize(64);
    assertThat(result().at("/figures/sent").asInt()).isEqualTo(50);
  }

  @Test
  void findsPagesThatChangeAndFeedsThatFail() throws IOException {
    network.err("GET /post/feed", 70, it -> new Answer(200, it.body().replace("Post", "Past")));
    network.err("GET /post/feed", 71, it -> new Answer(503, "{}"));
    assertThat(feed()).isEqualTo(1);
    assertThat(result().at("/figures/wrong").asInt()).isEqualTo(1);
    assertThat(result().at("/figures/failed").asInt()).isEqualTo(1);
  }

  @Test
  void findsEachFeedThatIsNotJson() throws IOException {
    for (int number = 1; number <= 100; number++) {
      network.err("GET /post/feed", number, it -> new Answer(200, "<html>"));
    }
    assertThat(feed()).isEqualTo(1);
    assertThat(result().at("/figures/wrong").asInt()).isEqualTo(100);
  }

  @Test
  void comparesNoFeedWithAWrongOne() throws IOException {
    network.err("GET /post/feed", 1, it -> new Answer(200, "[]"));
    assertThat(feed()).isEqualTo(1);
    assertThat(result().at("/figures/wrong").asInt()).isEqualTo(1);
  }

  @Test
  void refusesToRunWithoutANameAnOptionOrABenchmark() {
    String names =
        "described, duplicates, feed, growth, growth-report, live, own-writes, profile,"
            + " registrations, registrations-report, search, search-turn";
    assertThat(refusal())
        .startsWith("usage: java -jar bench.jar NAME")
        .contains("NAME is one of: " + names + ".\n");
    assertThat(refusal("feed")).isEqualTo("IOException: result= is missing\n");
    assertThat(refusal("speed", "result=x"))
        .isEqualTo("IOException: there is no benchmark speed; there are: " + names + "\n");
  }

  @Test
  void refusesToSendDuplicatesToOneNode() {
    assertThat(refusal("duplicates", "nodes=" + first, "posts=1", "hands=1", "result=x"))
        .isEqualTo("IOException: nodes= must name two nodes\n");
  }

  @Test
  void hasMeasuredNothingIfAMeasuredFileIsBroken() throws IOException {
    Path broken = Files.writeString(folder.resolve("1000-0.json"), "{\"figures\":");
    assertThat(refusal("search", "measured=" + broken, "report=x", "result=x"))
        .contains("Unexpected end-of-input");
    assertThat(refusal("growth-report", "turns=" + folder, "report=x", "result=x"))
        .contains("Unexpected end-of-input");
  }

  private String refusal(String... words) {
    err.reset();
    assertThat(Main.run(List.of(words), System.out, new PrintStream(err, true))).isEqualTo(2);
    return err.toString(StandardCharsets.UTF_8);
  }

  private int ownWrites() throws IOException {
    return bench("own-writes", "nodes=" + nodes, "management=" + nodes, "pairs=64", "hands=4");
  }

  private int duplicates() throws IOException {
    return bench("duplicates", "nodes=" + nodes, "posts=40", "hands=4");
  }

  /**
   * Runs the benchmark with a second of warm-up and a second that counts. Each call uses the same
   * authors.
   */
  private int feed() throws IOException {
    Path authors = folder.resolve("authors");
    if (!Files.exists(authors)) {
      Files.write(authors, network.authors(3, 20));
    }
    return bench(
        "feed",
        "web=" + first,
        "authors=" + authors,
        "friends=3",
        "rate=50",
        "warm_up=1",
        "duration=1",
        "management=" + nodes,
        "pages=2");
  }

  private Set<List<Integer>> combinations(String write, String read) {
    List<Asked> writes = network.asked(write);
    return writes.stream()
        .map(it -> List.of(it.port(), network.next(it, read).port()))
        .collect(Collectors.toSet());
  }

  private int bench(String... nameAndOptions) {
    List<String> words = new ArrayList<>(List.of(nameAndOptions));
    words.add("result=" + folder.resolve("result.json"));
    return Main.run(words, new PrintStream(out, true), new PrintStream(err, true));
  }

  private JsonNode result() {
    return new JsonMapper().readTree(folder.resolve("result.json"));
  }
}
