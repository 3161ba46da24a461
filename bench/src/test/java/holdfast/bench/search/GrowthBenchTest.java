package holdfast.bench.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpServer;
import holdfast.bench.chart.ScatterChart.Point;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.BenchmarkRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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

class GrowthBenchTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;
  private HttpServer server;
  private String refused = "nothing";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/user/search",
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          byte[] body = new byte[query.equals("first_name=Ъ&last_name=Ъ") ? 2 : 4096];
          String cached = exchange.getRequestHeaders().getFirst("Cache-Control");
          boolean good = "no-store".equals(cached) && !query.contains(refused);
          exchange.sendResponseHeaders(good ? 200 : 503, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void measuresEveryPairOfLettersAndNobody() throws IOException {
    assertThat(measure(1000)).isZero();
    JsonNode figures = result("1000-0.json").get("figures");
    assertThat(figures.get("points")).hasSize(18 * 18);
    assertThat(figures.get("points")).allMatch(it -> it.get("bytes").asInt() == 4096);
    assertThat(figures.get("points")).allMatch(it -> it.get("ms").asDouble() > 0);
    assertThat(figures.get("fixed_ms").asDouble()).isPositive();
    assertThat(figures.get("users").asInt()).isEqualTo(1000);
  }

  @Test
  void aSearchThatFailsIsFound() throws IOException {
    refused = "last_name=К";
    assertThat(measure(1000)).isEqualTo(1);
    assertThat(result("1000-0.json").get("violations").get(0).asString())
        .isEqualTo(18 * 7 + " searches failed");
  }

  @Test
  void theReportPutsTheSizesSideBySide() throws IOException {
    measure(10000);
    measure(1000);
    assertThat(run("growth-report", "turns=" + folder, "report=" + folder.resolve("report.html")))
        .isZero();
    JsonNode sizes = result("result.json").at("/figures/sizes");
    assertThat(sizes.valueStream().map(it -> it.get("users").asInt())).containsExactly(1000, 10000);
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains(
            "1,000 users",
            "10,000 users",
            "ms per MiB",
            "<circle class='point'",
            "<rect class='point write'");
  }

  @Test
  void withoutMeasuredSizesThereIsNoReport() {
    Path report = folder.resolve("report.html");
    assertThatThrownBy(() -> run("growth-report", "turns=" + folder, "report=" + report))
        .isInstanceOf(IOException.class)
        .hasMessage(folder + " holds no file USERS-TURN.json");
    assertThat(report).doesNotExist();
  }

  @Test
  void theLineStartsAtTheLatencyOfASearchThatFindsNobody() {
    JsonNode figures =
        JSON.readTree("{\"users\":9,\"table_bytes\":1048576,\"fixed_ms\":2.0,\"points\":[]}");
    GrowthReport.Size straight =
        GrowthReport.size(
            List.of(figures), List.of(new Point(1, 5), new Point(2, 8), new Point(4, 14)));
    assertThat(straight.msPerMib()).isEqualTo(3);
    assertThat(straight.explained()).isEqualTo(1);
    assertThat(straight.meanMs()).isEqualTo(9);
    assertThat(straight.meanAnswerKib()).isCloseTo(7 * 1024 / 3.0, within(0.01));
    GrowthReport.Size bent =
        GrowthReport.size(
            List.of(figures), List.of(new Point(1, 3), new Point(2, 6), new Point(4, 18)));
    assertThat(bent.explained()).isLessThan(0.95);
  }

  @Test
  void theMedianOfTheTurnsCounts() throws IOException {
    String turn =
        "{\"figures\":{\"users\":9,\"table_bytes\":1,\"fixed_ms\":%1$d,\"points\":[{\"bytes\":5,\"ms\":%1$d}]}}";
    for (int ms : List.of(4, 9, 2)) {
      Files.writeString(folder.resolve("9-%d.json".formatted(ms)), turn.formatted(ms));
    }
    run("growth-report", "turns=" + folder, "report=" + folder.resolve("report.html"));
    JsonNode size = result("result.json").at("/figures/sizes/0");
    assertThat(
            List.of("fixed_ms", "fixed_least_ms", "fixed_most_ms", "mean_ms").stream()
                .map(it -> size.get(it).asDouble()))
        .containsExactly(4.0, 2.0, 9.0, 4.0);
  }

  private int measure(int users) throws IOException {
    String web = "http://127.0.0.1:" + server.getAddress().getPort();
    return run(
        "growth",
        "web=" + web,
        "users=" + users,
        "table_bytes=5000000",
        "result=" + folder.resolve(users + "-0.json"));
  }

  private int run(String name, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    if (name.equals("growth-report")) {
      all.add("result=" + folder.resolve("result.json"));
    }
    Benchmark benchmark = name.equals("growth") ? new GrowthBench() : new GrowthReport();
    PrintStream out = new PrintStream(new ByteArrayOutputStream());
    return BenchmarkRunner.run(name, benchmark, all, out);
  }

  private JsonNode result(String name) throws IOException {
    return JSON.readTree(Files.readString(folder.resolve(name)));
  }
}
