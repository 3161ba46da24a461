package holdfast.core.dialog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** A fake chat service that behaves as the test wants. By default it accepts every request. */
final class FakeChat implements AutoCloseable {

  record Received(String method, String uri, Map<String, List<String>> headers, String body) {

    String header(String name) {
      return String.join(", ", headers.getOrDefault(name, List.of()));
    }
  }

  /** The behaviour for one request. */
  @FunctionalInterface
  interface Reply {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Queue<Reply> next = new ConcurrentLinkedQueue<>();
  private volatile Reply usual = FakeChat::asUsual;

  FakeChat() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  List<Received> received() {
    return received;
  }

  /**
   * Uses each of these replies for one of the next requests, in order. Later requests get the usual
   * reply.
   */
  void next(Reply... replies) {
    next.addAll(List.of(replies));
  }

  void usually(Reply reply) {
    usual = reply;
  }

  void reset() {
    received.clear();
    next.clear();
    usual = FakeChat::asUsual;
  }

  /** Accepts every message, and answers that the dialog is empty. */
  private static void asUsual(HttpExchange exchange) throws IOException, InterruptedException {
    answer(200, exchange.getRequestMethod().equals("GET") ? "[]" : "").to(exchange);
  }

  static Reply answer(int status, String body) {
    return exchange -> {
      String id = exchange.getRequestHeaders().getFirst("X-Request-Id");
      exchange.getResponseHeaders().set("X-Request-Id", id);
      plain(exchange, status, body);
    };
  }

  /** Answers without the request's id, as another server than chat would. */
  static Reply stranger(int status) {
    return exchange -> plain(exchange, status, "<html>it works</html>");
  }

  /** Closes the connection without an answer. */
  static Reply hangUp() {
    return HttpExchange::close;
  }

  /** Begins an answer that never ends. */
  Reply dawdle() {
    return exchange -> {
      String id = exchange.getRequestHeaders().getFirst("X-Request-Id");
      exchange.getResponseHeaders().set("X-Request-Id", id);
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write('[');
      exchange.getResponseBody().flush();
      closed.await();
    };
  }

  /** Answers when the latch opens. */
  static Reply after(CountDownLatch latch) {
    return exchange -> {
      latch.await();
      asUsual(exchange);
    };
  }

  private static void plain(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream output = exchange.getResponseBody()) {
      output.write(bytes);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    received.add(
        new Received(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders()),
            body));
    Reply reply = next.poll();
    try {
      (reply == null ? usual : reply).to(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
