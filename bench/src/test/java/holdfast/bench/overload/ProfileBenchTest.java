package holdfast.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import holdfast.bench.common.BenchmarkRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of ProfileBench against a server that makes mistakes. */
class ProfileBenchTest {

  private static final int WARM_UP = 15;
  private static final String LETTERS = "[АБВГДЕЖЗИКЛМНОПРСТ]";
  private static final String USER =
      "{\"id\":\"1\",\"first_name\":\"%sев\",\"second_name\":\"%sн\"}";
  private static final String MORE = ("," + USER.formatted("Щ", "Щ")).repeat(5000);

  @TempDir Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private final Queue<String> queries = new ConcurrentLinkedQueue<>();
  private final Queue<String> headers = new ConcurrentLinkedQueue<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private volatile boolean mistaken;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/user/search", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void keepsToEachRateAndTellsRefusalsFromFailures() throws Exception {
    mistaken = true;
    assertThat(bench("2,20", "true")).isEqualTo(1);
    assertThat(queries)
        .hasSize(WARM_UP + 4 + 40)
        .allMatch(it -> it.matches("first_name=" + LETTERS + "&last_name=" + LETTERS));
    assertThat(Set.copyOf(queries)).hasSizeGreaterThan(25);
    assertThat(Set.copyOf(headers)).containsExactly("null");
    assertThat(step(0, "good")).isEqualTo("4");
    assertThat(step(1, "offered")).isEqualTo("20");
    assertThat(step(1, "sent")).isEqualTo("40");
    assertThat(step(1, "good")).isEqualTo("34");
    assertThat(step(1, "refused")).isEqualTo("1");
    assertThat(violations())
        .containsExactly(
            "1 failed at 20 a second: 200 another body",
            "1 failed at 20 a second: 201",
            "1 failed at 20 a second: 503 without Retry-After",
            "1 failed at 20 a second: closed before the end of the answer",
            "1 failed at 20 a second: no answer within 4 s");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("20 a second, good: 17", ">20 a second<");
  }

  @Test
  void forbidsNginxToGiveKeptAnswers() throws Exception {
    assertThat(bench("2", "false")).isZero();
    assertThat(Set.copyOf(headers)).containsExactly("no-store");
    assertThat(result().at("/figures/kept").asBoolean()).isFalse();
    List<String> first = List.copyOf(queries);
    queries.clear();
    bench("2", "false");
    assertThat(queries).containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void refusesRatesThatItCannotSend() {
    assertThatThrownBy(() -> bench("1,10,1", "true")).hasMessage("rates= repeats a number");
    assertThatThrownBy(() -> bench("1,many", "true"))
        .hasMessage("rates= must be a number from 1, not many");
    assertThatThrownBy(() -> bench("1000001", "true"))
        .hasMessage("each rate times duration= must be at most 2,000,000 requests");
  }

  private int bench(String rates, String kept) throws IOException {
    return BenchmarkRunner.run(
        "profile",
        new ProfileBench(),
        List.of(
            "result=" + folder.resolve("result.json"),
            "web=http://127.0.0.1:" + server.getAddress().getPort(),
            "rates=" + rates,
            "duration=2",
            "warm_up=1",
            "pause=0",
            "kept=" + kept,
            "timeout=4",
            "report=" + folder.resolve("report.html")),
        new PrintStream(out, true));
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

  private void answer(HttpExchange exchange) throws IOException {
    String query =
        URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
    String[] letters = query.split("first_name=|&last_name=");
    queries.add(query);
    headers.add(String.valueOf(exchange.getRequestHeaders().getFirst("Cache-Control")));
    String good = "[" + USER.formatted(letters[1], letters[2]) + MORE + "]";
    try (exchange) {
      switch (mistaken ? asked.incrementAndGet() - WARM_UP : 0) {
        case 10 -> refuse(exchange, "1");
        case 12 -> refuse(exchange, null);
        case 14 -> send(exchange, 201, good, 0);
        case 16 -> send(exchange, 200, good.replaceFirst("(\"second_name\":\").", "$1Щ"), 0);
        case 18 -> send(exchange, 200, good, 10); // closed before its end
        case 20 -> Thread.sleep(5000);
        default -> send(exchange, 200, good, 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(HttpExchange exchange, @Nullable String later) throws IOException {
    if (later != null) {
      exchange.getResponseHeaders().add("Retry-After", later);
    }
    send(exchange, 503, "{}", 0);
  }

  private static void send(HttpExchange exchange, int status, String body, int missing)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length + missing);
    exchange.getResponseBody().write(bytes);
  }
}
