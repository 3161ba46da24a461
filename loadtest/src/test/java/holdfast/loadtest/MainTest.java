package holdfast.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MainTest {

  private static final Path RECORDED = Path.of("src/test/resources/run");

  @TempDir Path run;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void copyTheRecordedRun() throws IOException {
    try (Stream<Path> files = Files.walk(RECORDED)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = run.resolve(RECORDED.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  @Test
  void leavesTheResultOfTheRecordedRun() throws IOException {
    assertThat(main("verdict", run.toString())).isZero();
    assertThat(Files.readString(run.resolve("result.json")))
        .isEqualTo(Files.readString(Path.of("src/test/resources/expected-result.json")));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("stop-replica: PASSED")
        .contains("10 sent, 10 ok, 0 failed; longest gap 227 ms", "p50 26, p99 302, max 302")
        .doesNotContain("writes");
  }

  @Test
  void leavesTheMergedLogAndTheReport() throws IOException {
    main("verdict", run.toString());
    List<String> log = Files.readAllLines(run.resolve("merged.log"));
    assertThat(log)
        .hasSize(23)
        .isSorted()
        .contains("2027-01-15T08:00:01.010Z db3 patroni received fast shutdown request");
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("<strong>Passed</strong>", "A replica&#39;s database stops", "</html>");
  }

  @Test
  void showsTheHolderOfTheVipBeforeTheLoad() throws IOException {
    main("verdict", run.toString());
    assertThat(run.resolve("report.html")).content().doesNotContain(">VIP</text>");
    String known = "\"leader\": \"db2\", \"vip_holders\": {\"vip\": \"lb1\"}, ";
    replace("run.json", "\"machines\"", known + "\"machines\"");
    assertThat(main("verdict", run.toString())).isZero();
    assertThat(run.resolve("report.html")).content().contains(">VIP</text>", ">lb1</text>");
  }

  @Test
  void exitsWithOneForABrokenPromise() throws IOException {
    replace("load.jtl", "28,read search,200,OK", "28,read search,502,Bad Gateway");
    replace("load.jtl", "Searches 1-10,text,true", "Searches 1-10,text,false");
    assertThat(main("verdict", run.toString())).isEqualTo(1);
    assertThat(result().at("/verdict").asString()).isEqualTo("failed");
    assertThat(result().at("/only_slow").asBoolean()).isFalse();
    assertThat(result().at("/reads/failed").asInt()).isEqualTo(1);
  }

  @Test
  void marksARunThatBrokeOnlyLimitsOfTimeAsSlow() throws IOException {
    replace("drill.json", "\"p99_ms_max\": 1000", "\"p99_ms_max\": 301");
    assertThat(main("verdict", run.toString())).isEqualTo(1);
    assertThat(result().at("/only_slow").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "drill.json",
        "run.json",
        "events.jsonl",
        "load.jtl",
        "logs/app1.jsonl",
        "logs/db1.jsonl",
        "logs/web1.jsonl"
      })
  void isInvalidAndSaysSoWhenAFileIsMissing(String file) throws IOException {
    Files.delete(run.resolve(file));
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(result().at("/verdict").asString()).isEqualTo("invalid");
    assertThat(reasons()).containsExactly(file + " is missing");
    assertThat(Files.readString(run.resolve("report.html"))).contains("<li>" + file);
  }

  @ParameterizedTest
  @CsvSource({
    "drill.json, p99_ms_max, p99_max, drill.json can't be read",
    "run.json, healthy_before, healthy, run.json can't be read",
    "run.json, machines, hosts, run.json can't be read",
    "drill.json, at_s, at, drill.json can't be read",
    "events.jsonl, proved, improved, events.jsonl can't be read",
    "events.jsonl, at_ms, at, events.jsonl can't be read",
    "load.jtl, due_ms, due, load.jtl can't be read: record 2: there is no column due_ms",
    "logs/web1.jsonl, __REALTIME_TIMESTAMP, time, logs/web1.jsonl can't be read: line 1",
  })
  void isInvalidAndSaysSoWhenAFileIsGarbled(String file, String word, String other, String why)
      throws IOException {
    replace(file, word, other);
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(reasons()).hasSize(1).allMatch(reason -> reason.startsWith(why));
  }

  @ParameterizedTest
  @ValueSource(strings = {"drill.json", "run.json", "events.jsonl", "load.jtl"})
  void isInvalidWhenAFileIsEmpty(String file) throws IOException {
    Files.writeString(run.resolve(file), "");
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(reasons()).isNotEmpty();
  }

  @Test
  void isInvalidWhenAMachinesJournalHoldsNoLine() throws IOException {
    Files.writeString(run.resolve("logs/db1.jsonl"), "");
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(reasons()).containsExactly("logs/db1.jsonl can't be read: it is empty");
  }

  @Test
  void failsWhenARequestHungUntilTheLoadEnded() throws IOException {
    Path results = run.resolve("load.jtl");
    List<String> rows = Files.readAllLines(results);
    rows.removeIf(row -> row.contains("Searches 1-7,"));
    Files.write(results, rows);
    assertThat(main("verdict", run.toString())).isEqualTo(1);
    assertThat(reasons().getFirst())
        .isEqualTo("1 reads failed; at most 0 may fail; 1 of them were never answered");
    assertThat(Files.readString(run.resolve("report.html"))).contains(">never answered</td>");
  }

  @Test
  void showsThePromisesForGapsAndForHealedNodes() throws IOException {
    replace("drill.json", "\"p99_ms_max\": 1000", "\"gap_reads_ms_max\": 300");
    assertThat(main("verdict", run.toString())).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("longest gap 227 ms (at most 300)");
    replace("drill.json", "300", "300, \"returned_share_min\": 0.3, \"returned_within_s\": 1");
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(reasons())
        .containsExactly(
            "drill.json can't be read: returned_share_min needs a step with heal_at_s");
    replace("drill.json", "\"at_s\": 1", "\"at_s\": 1, \"heal_at_s\": 1.5");
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(reasons())
        .containsExactly(
            "Too few requests to compute the share of db3 after its healing:"
                + " 0 of at least 50");
    assertThat(result().at("/returned/db3/after_s").isNull()).isTrue();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("db3 after healing: served nothing");
  }

  @Test
  void showsRetries() throws IOException {
    replace("load.jtl", "1800000000400,0", "1800000000400,1");
    assertThat(main("verdict", run.toString())).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("; retried by the client: 1\n");
    assertThat(result().at("/retried/reads").asInt()).isEqualTo(1);
  }

  @Test
  void looksForWritesInTheDatabase() throws IOException {
    replace("load.jtl", "read search,200,OK,Searches 1-9", "write post,200,OK,Searches 1-9");
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(reasons()).containsExactly("stored.jsonl is missing");
    store("{\"text\":\"Post s1\",\"count\":1}", "{\"text\":\"Post 9\",\"count\":1}");
    assertThat(main("verdict", run.toString())).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("in the database: 0 lost");
    store("{\"text\":\"Post s1\",\"count\":1}");
    assertThat(main("verdict", run.toString())).isEqualTo(1);
    assertThat(reasons()).containsExactly("1 acknowledged writes are lost: Post 9");
    assertThat(result().at("/writes/lost").asInt()).isEqualTo(1);
    store("{\"text\":\"Post 9\",\"count\":1}", "{\"text\":\"Post 9\",\"count\":1}");
    assertThat(main("verdict", run.toString())).isEqualTo(1);
    assertThat(reasons()).containsExactly("1 writes are stored more than once: Post 9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\":\"Post 9\"}",
        "{\"text\":\"Post 9\",\"count\":0}",
        "{\"count\":1}",
        "no"
      })
  void isInvalidWhenWhatIsStoredIsGarbled(String line) throws IOException {
    replace("load.jtl", "read search,200,OK,Searches 1-9", "write post,200,OK,Searches 1-9");
    store("{\"text\":\"Post 9\",\"count\":1}", line);
    assertThat(main("verdict", run.toString())).isEqualTo(2);
    assertThat(reasons())
        .hasSize(1)
        .allMatch(reason -> reason.startsWith("stored.jsonl can't be read"));
  }

  private void store(String... lines) throws IOException {
    Files.write(run.resolve("stored.jsonl"), List.of(lines));
  }

  @Test
  void writesTheMatrixOfManyRuns(@TempDir Path elsewhere) throws IOException {
    main("verdict", run.toString());
    replace("drill.json", "\"promise\"", "\"component\": \"Database\", \"promise\"");
    Path matrix = elsewhere.resolve("a/matrix");
    assertThat(main("matrix", matrix.toString(), run.toString())).isZero();
    JsonNode drill = new JsonMapper().readTree(matrix.resolve("matrix.json")).get(0);
    assertThat(drill.at("/name").asString()).isEqualTo("stop-replica");
    assertThat(drill.at("/component").asString()).isEqualTo("Database");
    assertThat(drill.at("/fault").asString()).isEmpty();
    assertThat(drill.at("/verdict").asString()).isEqualTo("passed");
    assertThat(drill.at("/lost").isNull()).isTrue();
    assertThat(drill.at("/gap_reads_ms").asInt()).isEqualTo(227);
    assertThat(matrix.resolve(drill.at("/report").asString())).exists();
    assertThat(matrix.resolve("index.html")).content().contains("1 of 1 drills passed", "</html>");
  }

  @Test
  void countsARunWithoutAResultAsInvalid(@TempDir Path elsewhere) throws IOException {
    main("verdict", run.toString());
    Path empty = Files.createDirectory(elsewhere.resolve("kill-nothing"));
    String matrix = elsewhere.resolve("matrix").toString();
    assertThat(main("matrix", matrix, run.toString(), empty.toString())).isEqualTo(2);
    JsonNode drill = new JsonMapper().readTree(Path.of(matrix, "matrix.json")).get(1);
    assertThat(drill.at("/name").asString()).isEqualTo("kill-nothing");
    assertThat(drill.at("/verdict").asString()).isEqualTo("invalid");
    assertThat(drill.at("/reads_failed").isNull()).isTrue();
    assertThat(drill.at("/report").isNull()).isTrue();
    assertThat(Path.of(matrix, "index.html")).content().contains(">the run left no result</small>");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("2 drills: 1 passed, 0 failed, 1 inv");
    replace("result.json", "\"retried\"", "\"tried\"");
    assertThat(main("matrix", matrix, run.toString())).isEqualTo(2);
    assertThat(Path.of(matrix, "index.html")).content().contains("result.json can&#39;t be read");
    assertThat(main("matrix", matrix)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage:");
  }

  @Test
  void sumsUpALoad() {
    assertThat(main("summary", run.resolve("load.jtl").toString())).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("sent 10, ok 10, failed 0; latency ms: p50 26, p99 302, max 302\n");
  }

  @Test
  void refusesUnknownCommands() {
    assertThat(main("judge", "x")).isEqualTo(2);
    assertThat(main("verdict")).isEqualTo(2);
    assertThat(main("verdict", run.resolve("nowhere").toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage:", "There is no folder");
  }

  private int main(String... args) {
    return Main.run(args, new PrintStream(out, true), new PrintStream(err, true));
  }

  private void replace(String file, String word, String other) throws IOException {
    String before = Files.readString(run.resolve(file));
    assertThat(before).contains(word);
    Files.writeString(run.resolve(file), before.replace(word, other));
  }

  private JsonNode result() {
    return new JsonMapper().readTree(run.resolve("result.json"));
  }

  private List<String> reasons() {
    return result().at("/reasons").values().stream().map(JsonNode::asString).toList();
  }
}
