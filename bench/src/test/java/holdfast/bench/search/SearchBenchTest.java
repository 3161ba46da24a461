package holdfast.bench.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.bench.common.Findings;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class SearchBenchTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;
  private final List<List<Object>> turns = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private String logged =
      "  900 \"status\":200\n   7 \"status\":503\n 800 \"cache\":\"HIT\"\n 1 \"cache\":\"MISS\"\n";

  @Test
  void takesTheMediansOfTheRounds() throws Exception {
    for (double factor : new double[] {1, 3, 0.5}) {
      round(factor);
    }
    Findings findings = findings();
    SearchFigures figures = (SearchFigures) findings.figures();
    SearchFigures.Case one = figures.cases().getFirst();

    assertThat(findings.violations()).isEmpty();
    assertThat(one.ways())
        .containsExactly(
            Map.entry("direct", new SearchFigures.Way(1000, 500, 3000, 1, null, null, null)),
            Map.entry("core", new SearchFigures.Way(700, 350, 2100, 0.7, 10.0, 40.0, 500.0)),
            Map.entry("cold", new SearchFigures.Way(600, 300, 1800, 0.6, 10.0, 40.0, 500.0)));
    assertThat(figures.coreRssMb()).isEqualTo(300);
    assertThat(figures.statuses()).isEqualTo(Map.of("200", 900L, "503", 7L));
    assertThat(figures.kept()).isEqualTo(Map.of("HIT", 800L, "MISS", 1L));
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("10 clients", ">direct<", "<td class='number'>0.60</td>");
    assertThat(findings.summary())
        .contains(
            "one-letter, 10 clients, direct: 1000 a second (500 to 3000), 1.00 x direct",
            "one-letter, 10 clients, cold: 600 a second (300 to 1800), 0.60 x direct;"
                + " p50 10.0, p99 40.0 ms; 500.0 KiB an answer");
  }

  @Test
  void staleAnswersAndFailuresDuringWritesAreFound() throws Exception {
    round(1);
    turn("writes", wrk(500, 0, 0));
    writes(20, 80, 0, 0);
    assertThat(findings().violations()).isEmpty();
    assertThat(findings().summary())
        .contains(
            "one-letter, 10 clients: 20 registered (p50 90.0 ms, p99 120.0 ms, max 130.0 ms),"
                + " 80 answers looked at, 0 stale, 3 refused, 0 failed");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("Registrations during the searches", "<td class='number'>80</td>");
    writes(20, 80, 2, 1);
    assertThat(findings().violations())
        .containsExactly(
            "2 answers of 80 lacked a user who had registered 1 s before: one-letter, 10 clients",
            "1 registrations or searches failed: one-letter, 10 clients",
            "stale: /user/search?x");
    writes(20, 0, 0, 0);
    assertThat(findings().unmeasured())
        .containsExactly("one-letter, 10 clients: no registered user was looked up");
  }

  @Test
  void aRefusedRequestIsNoGoodAnswer() throws Exception {
    round(1);
    outputs.set(2, wrk(600, 100, 0));
    SearchFigures figures = (SearchFigures) findings().figures();
    assertThat(figures.cases().getFirst().ways().get("cold").rps()).isEqualTo(500);
    assertThat(figures.cases().getFirst().refused()).isEqualTo(100);
  }

  @Test
  void answersThatAreMissingOrWrongAreFound() throws Exception {
    round(1);
    outputs.set(1, wrk(700, 0, 3));
    assertThat(findings().violations()).containsExactly("3 requests had no answer");
    logged = " 1 \"status\":200\n 2 \"status\":500\n 1 \"cache\":\"REVALIDATED\"";
    assertThat(findings().violations()).contains("2 answers had the status 500");
    outputs.set(1, wrk(0, 0, 0));
    assertThat(findings().violations()).contains("one-letter, core: no good answer");
    outputs.set(0, pgbench(1000, 4));
    assertThat(findings().violations()).contains("4 requests had no answer");
  }

  @Test
  void withoutGoodAnswersInTheAccessLogsNothingWasMeasured() throws Exception {
    round(1);
    logged = "";
    assertThat(findings().violations()).isEmpty();
    assertThat(findings().unmeasured()).containsExactly("the access logs hold no good answer");
    logged = " 9 \"status\":200\n 9 \"cache\":\"MISS\"\n";
    assertThat(findings().unmeasured())
        .containsExactly("nginx gave no kept answer, so `warm` was not measured");
  }

  @Test
  void withoutFiguresNothingWasMeasured() {
    round(1);
    outputs.set(0, "pgbench: error: connection refused");
    assertThatThrownBy(this::findings).isInstanceOf(IOException.class).hasMessageContaining("refu");
    outputs.set(0, pgbench(1000, 0));
    outputs.set(1, "unable to connect");
    assertThatThrownBy(this::findings).isInstanceOf(IOException.class).hasMessageContaining("wrk");
  }

  private void round(double factor) {
    turn("direct", pgbench(1000 * factor, 0));
    turn("core", wrk((long) (700 * factor), 0, 0));
    turn("cold", wrk((long) (600 * factor), 0, 0));
  }

  private void turn(String way, String output) {
    turns.add(List.of(0, "one-letter", 10, way));
    outputs.add(output);
  }

  /** Replaces the figures of the last turn by those of a turn in which users registered. */
  private void writes(int registered, int lookups, int stale, int failed) {
    String told =
        ",\"writes\":{\"registered\":%d,\"lookups\":%d,\"stale\":%d,\"refused\":3,\"failed\":%d,"
            + "\"registration\":{\"p50Ms\":90.0,\"p99Ms\":120.0,\"maxMs\":130.0},\"wrong\":[%s]}}";
    String wrong = stale == 0 ? "" : "\"stale: /user/search?x\"";
    String figures = wrk(500, 0, 0).stripTrailing().replaceFirst("}$", "");
    outputs.set(
        outputs.size() - 1,
        "search-turn: "
            + figures.substring(figures.indexOf('{'))
            + told.formatted(registered, lookups, stale, failed, wrong));
  }

  private static String pgbench(double tps, long failed) {
    return """
    number of failed transactions: %d (0.000%%)
    latency average = 9.9 ms
    tps = %.3f (without initial connection time)\
    """
        .formatted(failed, tps);
  }

  private static String wrk(long sent, long refused, long broken) {
    String told =
        "{\"sent\":%d,\"seconds\":1.0,\"bytes\":%d,\"p50_us\":10000,\"p99_us\":40000,\"refused\":%d,\"broken\":%d}";
    return "Running 1s test\n" + told.formatted(sent, sent * 512_000, refused, broken);
  }

  private Findings findings() throws IOException {
    Path measured = folder.resolve("measured.json");
    Map<String, Object> content =
        Map.of(
            "turns",
            turns,
            "outputs",
            outputs,
            "memory",
            List.of("VmHWM:\t  307200 kB", "VmHWM:\t  204800 kB"),
            "logged",
            List.of(logged));
    Files.writeString(measured, JSON.writeValueAsString(content));
    return new SearchBench()
        .run(
            new Options(
                List.of("measured=" + measured, "report=" + folder.resolve("report.html"))));
  }
}
