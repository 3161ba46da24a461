package holdfast.core.dialog;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The connections to the chat service. Each call in progress has its own connection. */
final class ChatConnections implements AutoCloseable {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Duration connectTimeout;
  private HttpClient current;

  ChatConnections(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
    this.current = open();
  }

  synchronized HttpClient current() {
    return current;
  }

  /**
   * Makes later calls use new connections, because an attempt on the client {@code broken} failed.
   * The balancer chooses a server for each new connection. The old connections may all lead to a
   * failed server, and each would cost another failed attempt.
   */
  synchronized void replace(HttpClient broken) {
    if (current == broken) {
      current = open();
      // Calls in progress on this client may finish.
      broken.shutdown();
    }
  }

  private HttpClient open() {
    return HttpClient.newBuilder()
        .version(Version.HTTP_1_1)
        .followRedirects(Redirect.NEVER)
        .connectTimeout(connectTimeout)
        .executor(threads)
        .build();
  }

  @Override
  public synchronized void close() {
    current.shutdownNow();
    threads.close();
  }
}
