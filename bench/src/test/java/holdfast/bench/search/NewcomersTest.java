package holdfast.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import holdfast.bench.client.ApiClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of Newcomers against a search that makes mistakes. */
class NewcomersTest {

  private record User(String id, String first, String second, long nanos) {}

  private final Map<String, User> users = new ConcurrentHashMap<>();
  private final Queue<String> queries = new ConcurrentLinkedQueue<>();
  private volatile Predicate<String> failing = query -> false;
  private volatile Predicate<String> forgetting = query -> false;
  private volatile Duration visibleAfter = Duration.ofMillis(700);
  private volatile Duration replicasLag = Duration.ZERO;
  private volatile int registrationStatus = 200;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/user/register", this::register);
    server.createContext("/user/search", this::search);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void findsEveryUserBySeveralPrefixes() throws Exception {
    Writes writes = run();
    assertThat(writes.registered()).isEqualTo(10);
    assertThat(writes.lookups()).isEqualTo(40);
    assertThat(List.of(writes.stale(), writes.refused(), writes.failed())).containsOnly(0L);
    assertThat(writes.registration().p50Ms()).isPositive();
    assertThat(queries.stream().map(it -> it.replaceAll("[А-Яа-я]", "x")))
        .contains(
            "first_name=x&last_name=x",
            "first_name=xxx&last_name=xxx&limit=20",
            "first_name=xxxxxxxxxxxx&last_name=xxxxxxxxxxxx")
        .anyMatch(it -> it.endsWith("&limit=20&after=00000000-0000-0000-0000-000000000000"))
        .hasSize(70);
  }

  @Test
  void asksForASearchBeforeTheRegistrationToo() throws Exception {
    run();
    Map<String, Long> times =
        queries.stream().collect(Collectors.groupingBy(it -> it, Collectors.counting()));
    times.keySet().removeIf(it -> it.matches("first_name=.&last_name=."));
    assertThat(times.values()).hasSize(30).containsOnly(2L);
  }

  @Test
  void countsAnswersThatLackTheUserAfterTheDocumentedTime() throws Exception {
    visibleAfter = Duration.ofMillis(1500);
    Writes writes = run();
    assertThat(writes.stale()).isEqualTo(40);
    assertThat(writes.wrong()).hasSize(20).allMatch(it -> it.startsWith("stale: /user/search?"));
    visibleAfter = Duration.ZERO;
    forgetting = query -> query.contains("after=");
    assertThat(run().stale()).isEqualTo(10);
  }

  @Test
  void aReplicaThatLagsMakesNoAnswerStale() throws Exception {
    replicasLag = Duration.ofMillis(1500);
    visibleAfter = Duration.ofMillis(2200);
    assertThat(run().stale()).isZero();
  }

  @Test
  void countsFailuresAndRefusalsApart() throws Exception {
    failing = query -> query.contains("after=");
    Writes writes = run();
    assertThat(writes.failed()).isEqualTo(10);
    assertThat(writes.lookups()).isEqualTo(30);
    assertThat(writes.stale()).isZero();
    registrationStatus = 503;
    writes = run();
    assertThat(writes.refused()).isEqualTo(10);
    assertThat(writes.registered() + writes.lookups() + writes.failed()).isZero();
  }

  @Test
  void sumsTheRounds() throws Exception {
    Writes writes = run();
    Writes sum = Writes.sum(List.of(writes, writes, writes));
    assertThat(sum.lookups()).isEqualTo(120);
    assertThat(sum.registration()).isEqualTo(writes.registration());
    registrationStatus = 503;
    assertThat(Writes.sum(List.of(run())).registration()).hasToString("nothing measured");
  }

  private Writes run() throws Exception {
    URI web = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new Newcomers(new ApiClient(web)).run(1);
  }

  private void register(HttpExchange exchange) throws IOException {
    JsonNode user = new JsonMapper().readTree(exchange.getRequestBody());
    String id = UUID.randomUUID().toString();
    users.put(
        id,
        new User(
            id,
            user.required("first_name").asString(),
            user.required("second_name").asString(),
            System.nanoTime()));
    send(exchange, registrationStatus, "{\"user_id\":\"" + id + "\"}");
  }

  private void search(HttpExchange exchange) throws IOException {
    String query =
        URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
    boolean fresh = "no-store".equals(exchange.getRequestHeaders().getFirst("Cache-Control"));
    if (!fresh) {
      queries.add(query);
    }
    Duration visible = fresh ? replicasLag : visibleAfter;
    String[] names = query.split("first_name=|&last_name=|&");
    String found =
        users.values().stream()
            .filter(it -> it.first().startsWith(names[1]) && it.second().startsWith(names[2]))
            .filter(it -> System.nanoTime() - it.nanos() > visible.toNanos())
            .map(User::id)
            .collect(Collectors.joining(","));
    boolean fails = !fresh && failing.test(query);
    send(exchange, fails ? 500 : 200, !fresh && forgetting.test(query) ? "" : found);
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] bytes = ("[" + text + "]").replaceAll("^\\[(\\{.*})]$", "$1").getBytes();
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
