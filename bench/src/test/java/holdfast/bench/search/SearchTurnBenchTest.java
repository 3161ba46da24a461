package holdfast.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import holdfast.bench.common.BenchmarkRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of SearchTurnBench with a shell in the place of wrk. */
class SearchTurnBenchTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String FIGURES =
      "{\"sent\":10,\"seconds\":1.0,\"bytes\":10240,\"p50_us\":1000,\"p99_us\":2000,"
          + "\"refused\":0,\"broken\":0}";

  @TempDir Path folder;
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int status = 200;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().toString();
          asked.add(path + " " + exchange.getRequestHeaders().getFirst("Accept-Encoding"));
          byte[] body = "{\"user_id\":\"7\"}".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    Files.write(folder.resolve("paths"), List.of("/a?x=1", "/b", "/c"));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void asksForEveryPathOnceBeforeItMeasures() throws IOException {
    assertThat(turn("echo Running; echo '" + FIGURES + "'", "no")).isZero();
    assertThat(asked).containsExactlyInAnyOrder("/a?x=1 gzip", "/b gzip", "/c gzip");
    SearchTurn turn = SearchTurn.of(name("gzip"), out.toString(StandardCharsets.UTF_8));
    assertThat(turn.rps()).isEqualTo(10);
    assertThat(turn.answerBytes()).isEqualTo(1024);
    assertThat(turn.writes()).isNull();
  }

  @Test
  void registersUsersMeanwhile() throws IOException {
    assertThat(turn("sleep 1; echo '" + FIGURES + "'", "yes")).isZero();
    SearchTurn turn = SearchTurn.of(name("writes"), out.toString(StandardCharsets.UTF_8));
    assertThat(turn.writes()).isNotNull();
    assertThat(turn.writes().registered()).isEqualTo(20);
    assertThat(turn.writes().lookups()).isEqualTo(80);
    assertThat(turn.writes().registration().p99Ms()).isPositive();
  }

  @Test
  void measuresNothingIfAnAnswerIsNotKeptOrWrkFails() {
    Assertions.assertThatThrownBy(() -> turn("echo no; exit 1", "no"))
        .isInstanceOf(IOException.class)
        .hasMessage("wrk printed no figures: no\n");
    status = 503;
    Assertions.assertThatThrownBy(() -> turn("true", "no"))
        .hasMessageContaining("the first request for /", "answered with 503");
  }

  private static JsonNode name(String way) {
    return JSON.valueToTree(List.of(0, "one-letter", 10, way));
  }

  private int turn(String script, String writes) throws IOException {
    return BenchmarkRunner.run(
        "search-turn",
        new SearchTurnBench(),
        List.of(
            "result=" + folder.resolve("result.json"),
            "web=http://127.0.0.1:" + server.getAddress().getPort(),
            "paths=" + folder.resolve("paths"),
            "headers=[\"Accept-Encoding: gzip\"]",
            "wrk=" + JSON.writeValueAsString(List.of("sh", "-c", script)),
            "duration=1",
            "writes=" + writes),
        new PrintStream(out, true));
  }
}
