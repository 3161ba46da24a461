package holdfast.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import holdfast.bench.common.BenchmarkRunner;
import holdfast.loadtest.fixture.JMeter;
import holdfast.loadtest.history.Request;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of profile.jmx and ProfileBench, against a server that makes mistakes. */
class ProfileIT {

  private static final int WARM_UP = 15;

  /** JMeter needs some seconds to start. */
  private static final long START_MS = System.currentTimeMillis() + 10_000;

  private static final String LETTERS = "[АБВГДЕЖЗИКЛМНОПРСТ]";
  private static final String USER =
      "{\"id\":\"1\",\"first_name\":\"%sев\",\"second_name\":\"%sн\"}";
  private static final String MORE = ("," + USER.formatted("Щ", "Щ")).repeat(5000);

  @TempDir Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private final Queue<String> queries = new ConcurrentLinkedQueue<>();

  @Test
  void keepsToEachRateAndTellsRefusalsFromFailures() throws Exception {
    List<Request> requests = load();
    assertThat(queries)
        .hasSize(WARM_UP + 4 + 40)
        .allMatch(it -> it.matches("first_name=" + LETTERS + "&last_name=" + LETTERS));
    assertThat(Set.copyOf(queries)).hasSizeGreaterThan(25);
    assertThat(due(requests, "read 2 a second")).isEqualTo(every(500, 4, START_MS));
    assertThat(due(requests, "read 20 a second")).isEqualTo(every(50, 40, START_MS + 3000));
    assertThat(requests).hasSize(44).allMatch(it -> it.lagMs() >= -5 && it.lagMs() < 1000);
    assertThat(bench()).isEqualTo(1);
    JsonNode steps = new JsonMapper().readTree(folder.resolve("result.json")).at("/figures/steps");
    assertThat(steps.at("/0/good").asInt()).isEqualTo(4);
    assertThat(steps.at("/1/good").asInt()).isEqualTo(34);
    assertThat(steps.at("/1/refused").asInt()).isEqualTo(1);
    assertThat(failures(steps.at("/1/failures")))
        .isEqualTo(
            Map.of(
                "201", 1,
                "503 without Retry-After", 1,
                "200 another body", 2,
                "ConnectionClosedException", 1));
  }

  private static Map<String, Integer> failures(JsonNode failures) {
    return failures.properties().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, it -> it.getValue().asInt()));
  }

  private static List<Long> due(List<Request> requests, String label) {
    return requests.stream()
        .filter(it -> it.label().equals(label))
        .map(Request::dueMs)
        .sorted()
        .toList();
  }

  private static List<Long> every(long millis, int count, long begin) {
    return LongStream.range(0, count).mapToObj(i -> begin + i * millis).toList();
  }

  private int bench() throws IOException {
    return BenchmarkRunner.run(
        "profile",
        new ProfileBench(),
        List.of(
            "result=" + folder.resolve("result.json"),
            "jtl=" + folder.resolve("load.jtl"),
            "rates=2,20",
            "duration=2",
            "report=" + folder.resolve("report.html")),
        new PrintStream(PrintStream.nullOutputStream()));
  }

  private List<Request> load() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/user/search", this::answer);
    server.start();
    try {
      return JMeter.run(
          "profile.jmx",
          folder,
          server.getAddress().getPort(),
          "-Jrates=2,20",
          "-Jduration=2",
          "-Jpause=1",
          "-Jstart_ms=" + START_MS,
          "-Jwarm_up=1",
          "-Jthreads=50",
          "-Jhttpsampler.max_bytes_to_store_per_request=1024");
    } finally {
      server.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query =
        URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
    String[] letters = query.split("first_name=|&last_name=");
    queries.add(query);
    String good = "[" + USER.formatted(letters[1], letters[2]) + MORE + "]";
    try (exchange) {
      switch (asked.incrementAndGet() - WARM_UP) {
        case 10 -> refuse(exchange, "1");
        case 12 -> refuse(exchange, null);
        case 14 -> send(exchange, 201, good, 0);
        case 16 -> send(exchange, 200, "[]", 0);
        case 18 -> send(exchange, 200, good.replaceFirst("(\"second_name\":\").", "$1Щ"), 0);
        case 20 -> send(exchange, 200, good, 10); // closed before its end
        default -> send(exchange, 200, good, 0);
      }
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
    exchange.getResponseHeaders().add("Content-Type", "application/json;charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length + missing);
    exchange.getResponseBody().write(bytes);
  }
}
