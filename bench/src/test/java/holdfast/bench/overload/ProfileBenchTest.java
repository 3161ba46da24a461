package holdfast.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.bench.common.BenchmarkRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests of ProfileBench with two steps of two seconds. The step at 1 a second is good. Most tests
 * break the step at 10 a second.
 */
class ProfileBenchTest {

  private static final String HEAD =
      "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,failureMessage,"
          + "\"due_ms\",\"again\"";
  private static final long SLOW_STEP = 100_000;
  private static final long STEP = 110_000;
  private static final String GOOD = "200,OK,true,";
  private static final String REFUSED = "503,with Retry-After,false,code";

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<String> rows = new ArrayList<>();

  @BeforeEach
  void twoStepsWithoutFault() {
    rows.add(HEAD);
    for (int i = 0; i < 2; i++) {
      rows.add(row(SLOW_STEP + i * 1000, 0, 40, 1, GOOD));
    }
    for (int i = 0; i < 20; i++) {
      rows.add(row(STEP + i * 100, 2, 10 + i, 10, GOOD));
    }
  }

  @Test
  void tellsWhatWasAchievedAtEachStep() throws IOException {
    assertThat(bench()).isZero();
    assertThat(step(0, "offered")).isEqualTo("1");
    assertThat(step(0, "sent")).isEqualTo("2");
    assertThat(step(0, "achieved")).isEqualTo("1.0");
    assertThat(step(1, "achieved")).isEqualTo("10.0");
    assertThat(step(1, "good_latency/p50_ms")).isEqualTo("21.0");
    assertThat(step(1, "good_latency/p99_ms")).isEqualTo("31.0");
    assertThat(step(1, "late/p99_ms")).isEqualTo("2.0");
    assertThat(violations()).isEmpty();
    assertThat(out())
        .contains("at 10 a second: 20 sent, 0 failed, 20 good (10.0 a second): p50 21");
    assertThat(out()).doesNotContain("refused", "late:");
  }

  @Test
  void countsLatencyFromTheDueTimeAndLateAnswersOverALongerTime() throws IOException {
    rows.set(22, row(STEP + 1900, 100, 2000, 10, GOOD));
    assertThat(bench()).isZero();
    assertThat(step(1, "good_latency/max_ms")).isEqualTo("2100.0");
    assertThat(step(1, "achieved")).isEqualTo("5.0");
  }

  @Test
  void measuresHowFastTheSystemRefuses() throws IOException {
    rows.set(21, row(STEP + 1800, 400, 5, 10, REFUSED));
    rows.set(22, row(STEP + 1900, 400, 7, 10, REFUSED));
    assertThat(bench()).isZero();
    assertThat(step(1, "good")).isEqualTo("18");
    assertThat(step(1, "refused")).isEqualTo("2");
    assertThat(step(1, "refused_latency/p50_ms")).isEqualTo("5.0");
    assertThat(step(1, "refused_latency/p99_ms")).isEqualTo("7.0");
    assertThat(out())
        .contains("at 10 a second: 2 refused with 503; latency from sending: p50 5.0 ms");
  }

  @Test
  void findsARefusalThatDoesNotSayWhenToComeAgain() throws IOException {
    rows.set(22, row(STEP + 1900, 1, 7, 10, "503,without Retry-After,false,code"));
    rows.set(21, row(STEP + 1800, 1, 7, 10, "503,Service Unavailable,false,code"));
    assertThat(bench()).isEqualTo(1);
    assertThat(violations())
        .containsExactly(
            "1 failed at 10 a second: 503 Service Unavailable",
            "1 failed at 10 a second: 503 without Retry-After");
    assertThat(step(1, "refused")).isEqualTo("0");
  }

  @Test
  void findsOtherFailuresByTheirCode() throws IOException {
    rows.set(20, row(STEP + 1700, 1, 7, 10, "502,Bad Gateway,false,code"));
    rows.set(21, row(STEP + 1800, 1, 7, 10, "200,OK,false,another body"));
    String timeout = "java.net.SocketTimeoutException,Non HTTP response message: Read timed out";
    rows.set(22, row(STEP + 1900, 1, 7, 10, "Non HTTP response code: " + timeout + ",false,code"));
    rows.set(2, row(SLOW_STEP + 1000, 1, 7, 1, "502,Bad Gateway,false,code"));
    assertThat(bench()).isEqualTo(1);
    assertThat(violations())
        .containsExactly(
            "1 failed at 1 a second: 502",
            "1 failed at 10 a second: 200 another body",
            "1 failed at 10 a second: 502",
            "1 failed at 10 a second: SocketTimeoutException");
    assertThat(out()).contains("WRONG: 1 failed at 1 a second: 502");
  }

  @Test
  void hasNotMeasuredRequestsThatHaveNoResult() throws IOException {
    rows.subList(1, 3).clear();
    rows.removeLast();
    assertThat(bench()).isEqualTo(2);
    assertThat(violations()).isEmpty();
    assertThat(out())
        .contains(
            "NOT MEASURED: at 1 a second, 0 requests have a result instead of 2",
            "NOT MEASURED: at 10 a second, 19 requests have a result instead of 20",
            "at 1 a second: 0 sent, 0 failed, 0 good (0.0 a second): nothing");
  }

  @Test
  void findsFailuresAlsoIfRequestsHaveNoResult() throws IOException {
    rows.set(21, row(STEP + 1800, 1, 7, 10, "502,Bad Gateway,false,code"));
    rows.removeLast();
    assertThat(bench()).isEqualTo(1);
    assertThat(violations()).containsExactly("1 failed at 10 a second: 502");
  }

  @Test
  void saysIfJMeterSentRequestsLate() throws IOException {
    rows.set(22, row(STEP + 1900, 1001, 7, 10, GOOD));
    assertThat(bench()).isZero();
    assertThat(out()).contains("at 10 a second: JMeter sent requests late: p50 2.0 ms, p99 1001");
    assertThat(report()).contains("JMeter sent requests late at 10 a second.");
  }

  @Test
  void drawsWhatItFound() throws IOException {
    rows.set(21, row(STEP + 1800, 400, 5, 10, REFUSED));
    rows.set(22, row(STEP + 1900, 1, 7, 10, "502,Bad Gateway,false,code"));
    bench();
    assertThat(report())
        .contains("10 a second, offered: 10 ", "10 a second, good: 9 ", "10 a second, 503: 0.5 ")
        .contains("10 a second, p99: 29 ", "10 a second, 503 p99: 5 ")
        .contains(">502: 1</td>", "</html>")
        .doesNotContain("1 a second, 503 p", "JMeter sent requests late");
  }

  @Test
  void refusesTheSameRateTwice() {
    assertThatThrownBy(() -> bench("1,10,1")).hasMessage("rates= repeats a number");
    assertThatThrownBy(() -> bench("1,many"))
        .hasMessage("rates= must be a number from 1, not many");
  }

  private static String row(long due, int late, int elapsed, int rate, String answer) {
    String[] parts = answer.split(",", -1);
    return "%d,%d,read %d a second,%s,%s,Load 1-57,%s,%s,%d,0"
        .formatted(due + late, elapsed, rate, parts[0], parts[1], parts[2], parts[3], due);
  }

  private int bench() throws IOException {
    return bench("1,10");
  }

  private int bench(String rates) throws IOException {
    Path jtl = Files.write(folder.resolve("load.jtl"), rows);
    List<String> words =
        List.of(
            "result=" + folder.resolve("result.json"),
            "jtl=" + jtl,
            "rates=" + rates,
            "duration=2",
            "report=" + folder.resolve("report.html"));
    return BenchmarkRunner.run("profile", new ProfileBench(), words, new PrintStream(out, true));
  }

  private String step(int number, String figure) throws IOException {
    return result().at("/figures/steps/" + number + "/" + figure).asString();
  }

  private List<String> violations() throws IOException {
    return result().at("/violations").values().stream().map(JsonNode::asString).toList();
  }

  private JsonNode result() throws IOException {
    return new JsonMapper().readTree(folder.resolve("result.json"));
  }

  private String report() throws IOException {
    return Files.readString(folder.resolve("report.html"));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
