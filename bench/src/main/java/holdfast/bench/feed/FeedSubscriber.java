package holdfast.bench.feed;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A WebSocket at the live feed. It passes on the id of each post and the time of its arrival. */
final class FeedSubscriber implements WebSocket.Listener {

  private static final String FIELD = "\"postId\"";

  private final BiConsumer<String, Long> target;
  private final Runnable ended;
  private final StringBuilder text = new StringBuilder();

  /** {@code ended} is called if the server closes the socket, or if the connection breaks. */
  FeedSubscriber(BiConsumer<String, Long> target, Runnable ended) {
    this.target = target;
    this.ended = ended;
  }

  CompletableFuture<WebSocket> open(HttpClient http, URI feed, String token) {
    return http.newWebSocketBuilder()
        .header("Authorization", "Bearer " + token)
        .buildAsync(feed, this);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      target.accept(postId(text.toString()), System.nanoTime());
      text.setLength(0);
    }
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
    ended.run();
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    ended.run();
  }

  /**
   * Cuts out the id without parsing the JSON. Thousands of events per second arrive, and parsing
   * would take CPU time from the measured system on the same machine.
   */
  static String postId(String event) {
    int from = event.indexOf('"', event.indexOf(':', event.indexOf(FIELD) + FIELD.length()));
    return event.substring(from + 1, event.indexOf('"', from + 1));
  }
}
