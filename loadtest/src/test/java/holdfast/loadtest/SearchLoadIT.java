package holdfast.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import holdfast.loadtest.fixture.JMeter;
import holdfast.loadtest.history.Request;
import java.io.IOException;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the plan with its default, searches only, against a server that makes mistakes on purpose.
 */
class SearchLoadIT {

  private static final int WARM_UP = 45;
  private static final String LETTERS = "[АБВГДЕЖЗИКЛМНОПРСТ]";

  @TempDir Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private final Queue<String> queries = new ConcurrentLinkedQueue<>();

  @Test
  void sendsExactlyRateTimesDurationAndTellsBadAnswersFromGood() throws Exception {
    List<Request> requests = load(20, 2);
    assertThat(requests).hasSize(40);
    assertThat(queries).hasSize(WARM_UP + 40);
    assertThat(queries)
        .allMatch(query -> query.matches("first_name=" + LETTERS + "&last_name=" + LETTERS));
    assertThat(Set.copyOf(queries)).hasSizeGreaterThan(20);
    assertThat(dueTimes(requests)).allMatch(step -> step == 50);
    Map<String, Long> failures =
        requests.stream()
            .filter(request -> !request.good())
            .collect(Collectors.groupingBy(Request::code, Collectors.counting()));
    assertThat(failures).isEqualTo(Map.of("500", 1L, "200", 6L, "NoHttpResponseException", 1L));
  }

  private List<Long> dueTimes(List<Request> requests) {
    List<Long> due = requests.stream().map(Request::dueMs).sorted().toList();
    return IntStream.range(1, due.size()).mapToObj(i -> due.get(i) - due.get(i - 1)).toList();
  }

  private List<Request> load(int rate, int seconds) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/user/search", this::answer);
    server.start();
    try {
      int port = server.getAddress().getPort();
      return JMeter.load(folder, port, "-Jrate=" + rate, "-Jduration=" + seconds);
    } finally {
      server.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query =
        URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
    String[] letters = query.split("first_name=|&last_name=");
    String user = user(letters[1], letters[2]);
    String good = "[" + user + "," + user("Щ", "Щ") + "," + user + "]";
    queries.add(query);
    try (exchange) {
      switch (asked.incrementAndGet() - WARM_UP) {
        case 10 -> send(exchange, 500, good);
        case 11 -> send(exchange, 200, "[]");
        case 12 -> send(exchange, 200, "[" + user("Щ", letters[2]) + "," + user + "]");
        case 15 -> send(exchange, 200, "[" + user(letters[1], "Щ") + "," + user + "]");
        case 16 -> send(exchange, 200, "[" + user + "," + user("Щ", letters[2]) + "]");
        case 17 -> send(exchange, 200, "[" + user + "," + user(letters[1], "Щ") + "]");
        case 13 -> send(exchange, 200, good.substring(0, good.length() - 3));
        case 14 -> {} // closed without a word
        default -> send(exchange, 200, good);
      }
    }
  }

  /** Braces and brackets in free text must not be taken for those of the array. */
  private static String user(String first, String last) {
    return """
    {"id":"1","first_name":"%sев","second_name":"%sн","biography":"]{}"}\
    """
        .formatted(first, last);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json;charset=UTF-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
