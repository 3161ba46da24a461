package holdfast.bench.registrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.BenchmarkRunner;
import holdfast.loadtest.fixture.Network;
import holdfast.loadtest.fixture.Network.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RegistrationsBenchTest {

  @TempDir Path folder;
  private final Network network = new Network();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private URI web;

  @BeforeEach
  void start() throws IOException {
    web = network.node();
    inserts("1000\n3000\n2000\n");
  }

  @AfterEach
  void stop() {
    network.close();
  }

  @Test
  void registersAtARateAndInALoop() throws IOException {
    assertThat(turn("with-0", true)).isZero();
    JsonNode figures = result("with-0").at("/figures");
    assertThat(figures.at("/triggers").asBoolean()).isTrue();
    assertThat(figures.at("/open/p50_ms").asDouble()).isPositive();
    assertThat(figures.at("/closed/p99_ms").asDouble()).isPositive();
    assertThat(figures.at("/insert/p50_ms").asDouble()).isEqualTo(2);
    int registered = figures.at("/registered").asInt();
    assertThat(network.asked("POST /user/register")).hasSize(registered);
    assertThat(registered).isGreaterThan(20 + 2);
    assertThat(network.asked("POST /user/register").getFirst().body())
        .contains("\"city\":\"Bench registrations\"");
  }

  @Test
  void findsRegistrationsThatFail() throws IOException {
    network.err("POST /user/register", 3, it -> new Answer(503, "{}"));
    assertThat(turn("with-0", true)).isEqualTo(1);
    assertThat(result("with-0").at("/violations/0").asString())
        .startsWith("1 registrations failed: Answer[status=503");
  }

  @Test
  void hasMeasuredNothingWithoutInserts() throws IOException {
    inserts("");
    assertThat(turn("with-0", true)).isEqualTo(2);
    inserts("failed\n");
    assertThatThrownBy(() -> turn("with-0", true))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pgbench logged no latency: ");
  }

  @Test
  void theReportComparesTheMediansOfTheTurns() throws IOException {
    turns("with", 110, 120, 300);
    turns("without", 100, 90, 200);
    assertThat(report()).isZero();
    JsonNode rows = result("result").at("/figures/rows");
    assertThat(rows).hasSize(6);
    assertThat(rows.at("/1/what").asString()).isEqualTo("open");
    assertThat(rows.at("/1/latency").asString()).isEqualTo("p99");
    assertThat(rows.at("/1/with/ms").asDouble()).isEqualTo(120);
    assertThat(rows.at("/1/with/high").asDouble()).isEqualTo(300);
    assertThat(rows.at("/1/without/low").asDouble()).isEqualTo(90);
    assertThat(rows.at("/1/ratio").asDouble()).isEqualTo(1.2);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("INSERT alone, p99: with the triggers 120.00 ms (110.0–300.0), without 100.00");
    assertThat(Files.readString(folder.resolve("report.html"))).contains(">1.20</td>", "</html>");
  }

  @Test
  void theReportNeedsTurnsOfBothKinds() throws IOException {
    turns("with", 1);
    assertThatThrownBy(this::report).hasMessage(folder + " holds no file without-TURN.json");
  }

  private void turns(String name, int... p99) throws IOException {
    for (int i = 0; i < p99.length; i++) {
      String latency = "{\"p50_ms\":%d,\"p99_ms\":%d}".formatted(p99[i] / 2, p99[i]);
      Files.writeString(
          folder.resolve(name + "-" + i + ".json"),
          "{\"figures\":{\"open\":%1$s,\"closed\":%1$s,\"insert\":%1$s}}".formatted(latency));
    }
  }

  private void inserts(String text) throws IOException {
    Files.writeString(folder.resolve("inserts"), text);
  }

  private int turn(String name, boolean triggers) throws IOException {
    return run(
        new RegistrationsBench(),
        name,
        "web=" + web,
        "triggers=" + triggers,
        "rate=20",
        "clients=2",
        "duration=1",
        "inserts=" + folder.resolve("inserts"));
  }

  private int report() throws IOException {
    return run(
        new RegistrationsReport(),
        "result",
        "turns=" + folder,
        "report=" + folder.resolve("report.html"));
  }

  private int run(Benchmark benchmark, String name, String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of(options));
    words.add("result=" + folder.resolve(name + ".json"));
    return BenchmarkRunner.run("registrations", benchmark, words, new PrintStream(out, true));
  }

  private JsonNode result(String name) {
    return new JsonMapper().readTree(folder.resolve(name + ".json"));
  }
}
