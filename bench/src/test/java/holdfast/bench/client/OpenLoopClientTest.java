package holdfast.bench.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenLoopClientTest {

  private final Queue<Integer> ports = new ConcurrentLinkedQueue<>();
  private final Queue<String> headers = new ConcurrentLinkedQueue<>();
  private volatile long delayMs;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void sendsEachRequestWhenItIsDueWhateverEarlierOnesDo() throws Exception {
    delayMs = 400;
    List<Exchange> exchanges = send(100, 30, 10);
    assertThat(exchanges).hasSize(30).allMatch(it -> it.outcome().equals("200 /"));
    List<Long> due = exchanges.stream().map(Exchange::dueNanos).sorted().toList();
    assertThat(due.getLast() - due.getFirst()).isEqualTo(290_000_000);
    assertThat(exchanges).allMatch(it -> it.lagNanos() >= 0 && it.lagNanos() < 300_000_000);
    assertThat(exchanges).allMatch(it -> it.latencyNanos() >= 400_000_000);
    assertThat(Set.copyOf(ports)).hasSize(30);
  }

  @Test
  void usesAConnectionAgain() throws Exception {
    assertThat(send(20, 8, 10)).hasSize(8);
    assertThat(ports).hasSize(8);
    assertThat(Set.copyOf(ports)).hasSizeLessThan(4);
    assertThat(Set.copyOf(headers)).containsExactly("no-store");
  }

  @Test
  void tellsWhichRequestGotNoAnswerAndWhy() throws Exception {
    delayMs = 1500;
    assertThat(send(20, 2, 1)).allMatch(it -> it.outcome().equals("no answer within 1 s"));
    server.stop(0);
    assertThat(send(20, 2, 1)).allMatch(it -> it.outcome().startsWith("ConnectException"));
    assertThat(outcome("")).isEqualTo("closed without an answer");
    assertThat(outcome("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234"))
        .isEqualTo("closed before the end of the answer");
    assertThat(outcome("HTTP/1.0 200 OK\r\n")).isEqualTo("IOException the answer is not HTTP/1.1");
  }

  /** The outcome if a server sends this and closes the connection. */
  private static String outcome(String text) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket accepted = listener.accept()) {
              accepted.getInputStream().readNBytes(16);
              accepted.getInputStream().skip(accepted.getInputStream().available());
              accepted.getOutputStream().write(text.getBytes(US_ASCII));
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      return send(listener.getLocalPort(), 1, 1, 5).stream()
          .map(Exchange::outcome)
          .collect(Collectors.joining());
    }
  }

  private List<Exchange> send(double perSecond, int count, int patience) throws Exception {
    return send(server.getAddress().getPort(), perSecond, count, patience);
  }

  private static List<Exchange> send(int port, double perSecond, int count, int patience)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port);
    try (OpenLoopClient client =
        new OpenLoopClient(uri, List.of("Cache-Control: no-store"), Duration.ofSeconds(patience))) {
      return client.send(
          perSecond, count, i -> "/", (i, answer) -> answer.status() + " " + answer.beginning());
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    ports.add(exchange.getRemoteAddress().getPort());
    headers.add(String.valueOf(exchange.getRequestHeaders().getFirst("Cache-Control")));
    try (exchange) {
      Thread.sleep(delayMs);
      exchange.sendResponseHeaders(200, 1);
      exchange.getResponseBody().write('/');
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
