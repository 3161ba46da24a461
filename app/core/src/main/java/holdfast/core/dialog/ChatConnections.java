package holdfast.core.dialog;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The pool of connections to the chat service, as many as there are calls under way. */
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
   * After a try broke: from now on connections are new ones, and lead to whom the balancer chooses
   * now. Those that a server took with it fell silent together, and would each cost a try.
   */
  synchronized void replace(HttpClient broken) {
    if (current == broken) {
      current = open();
      // Calls that are under way there are finished.
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
