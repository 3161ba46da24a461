package holdfast.bench.feed;

import holdfast.bench.client.ApiClient.Person;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The subscribers of the live feed. Each has a WebSocket of its own. */
final class FeedSubscribers implements AutoCloseable {

  private static final int THREADS = 8;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final HttpClient http = HttpClient.newBuilder().executor(threads).build();
  private final List<WebSocket> sockets = new ArrayList<>();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile Deliveries deliveries;

  FeedSubscribers(Deliveries deliveries) {
    this.deliveries = deliveries;
  }

  void open(URI feed, List<Person> readers) throws IOException, InterruptedException {
    for (int i = 0; i < readers.size(); i++) {
      int reader = i;
      FeedSubscriber subscriber =
          new FeedSubscriber(
              (post, at) -> deliveries.received(reader, post, at), lost::incrementAndGet);
      try {
        sockets.add(subscriber.open(http, feed, readers.get(i).token()).get());
      } catch (ExecutionException e) {
        throw new IOException("socket " + i + " was not opened: " + e.getCause(), e);
      }
    }
  }

  /** From now on, received posts are added to these deliveries. */
  void deliverTo(Deliveries next) {
    deliveries = next;
  }

  /** How many sockets were closed by the server, or broke. */
  int lost() {
    return lost.get();
  }

  /**
   * Aborts the sockets first: otherwise the HTTP client would wait until the server closes them.
   */
  @Override
  public void close() {
    sockets.forEach(WebSocket::abort);
    http.close();
    threads.close();
  }
}
