package holdfast.bench.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
  private String statuses = "  900 \"status\":200\n   7 \"status\":503\n";

  @Test
  void takesTheMediansOfTheRounds() throws Exception {
    for (double factor : new double[] {1, 3, 0.5}) {
      round(factor);
    }
    Findings findings = findings();
    SearchFigures figures = (SearchFigures) findings.figures();
    SearchFigures.Case one = figures.cases().getFirst();

    assertThat(findings.violations()).isEmpty();
    assertThat(one.directRps()).isEqualTo(1000);
    assertThat(one.coreRps()).isEqualTo(700);
    assertThat(one.pathRps()).isEqualTo(600);
    assertThat(one.coreOverDirect()).isEqualTo(0.7);
    assertThat(one.pathOverDirect()).isEqualTo(0.6);
    assertThat(one.spread().get("path")).isEqualTo(new SearchFigures.Spread(300, 1800));
    assertThat(one.p99Ms()).isEqualTo(40);
    assertThat(one.answerKb()).isCloseTo(500, within(0.1));
    assertThat(figures.coreRssMb()).isEqualTo(300);
    assertThat(figures.statuses()).isEqualTo(Map.of("200", 900L, "503", 7L));
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("10 clients", ">direct<", "<td class='number'>0.60</td>");
  }

  @Test
  void aRefusedRequestIsNoGoodAnswer() throws Exception {
    round(1);
    outputs.set(2, wrk(600, 100, 0));
    SearchFigures figures = (SearchFigures) findings().figures();
    assertThat(figures.cases().getFirst().pathRps()).isEqualTo(500);
    assertThat(figures.cases().getFirst().refused()).isEqualTo(100);
  }

  @Test
  void answersThatAreMissingOrWrongAreFound() throws Exception {
    round(1);
    outputs.set(1, wrk(700, 0, 3));
    assertThat(findings().violations()).containsExactly("3 requests had no answer");
    statuses = " 1 \"status\":200\n 2 \"status\":500\n";
    assertThat(findings().violations()).contains("2 answers had the status 500");
    outputs.set(1, wrk(0, 0, 0));
    assertThat(findings().violations()).contains("one-letter, core: no good answer");
    outputs.set(0, pgbench(1000, 4));
    assertThat(findings().violations()).contains("4 requests had no answer");
  }

  @Test
  void withoutGoodAnswersInTheAccessLogsNothingWasMeasured() throws Exception {
    round(1);
    statuses = "";
    assertThat(findings().violations()).isEmpty();
    assertThat(findings().unmeasured()).containsExactly("the access logs hold no good answer");
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
    turn("path", wrk((long) (600 * factor), 0, 0));
  }

  private void turn(String way, String output) {
    turns.add(List.of(0, "one-letter", 10, way));
    outputs.add(output);
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
            "statuses",
            List.of(statuses));
    Files.writeString(measured, JSON.writeValueAsString(content));
    return new SearchBench()
        .run(
            new Options(
                List.of("measured=" + measured, "report=" + folder.resolve("report.html"))));
  }
}
