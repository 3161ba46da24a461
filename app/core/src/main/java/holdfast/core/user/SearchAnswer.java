package holdfast.core.user;

import static java.nio.charset.StandardCharsets.US_ASCII;

import holdfast.platform.request.RequestTrace;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * A search's answer, an array of which each page of users is a part. It is kept back up to a limit:
 * its length is known then, and trouble can still be told. Past it, it is streamed: memory stays
 * bounded, and trouble breaks it off.
 */
final class SearchAnswer {

  /** The answers for all but the most frequent initials stay below. */
  private static final int KEPT_BYTES = 2000 * 1024;

  private static final byte[] BEGINNING = "[".getBytes(US_ASCII);
  private static final byte[] BETWEEN = ",\n".getBytes(US_ASCII);
  private static final byte[] END = "]".getBytes(US_ASCII);

  private final HttpServletResponse response;
  private final Queue<byte[]> kept = new ArrayDeque<>();
  private int keptBytes;
  private boolean empty = true;
  private @Nullable OutputStream stream;

  SearchAnswer(HttpServletResponse response) {
    this.response = response;
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    add(BEGINNING);
  }

  /** Takes the page over: it must not change any more. */
  void add(SearchPage page) throws IOException {
    if (page.users() == 0) {
      return;
    }
    if (!empty) {
      add(BETWEEN);
    }
    empty = false;
    add(page.json());
    if (keptBytes > KEPT_BYTES) {
      stream();
    }
  }

  /** Sends what is left: nothing follows. */
  void send() throws IOException {
    add(END);
    if (stream == null) {
      response.setContentLength(keptBytes);
    }
    stream();
  }

  private void add(byte[] part) {
    kept.add(part);
    keptBytes += part.length;
  }

  private void stream() throws IOException {
    if (stream == null) {
      stream = response.getOutputStream();
    }
    for (byte[] part = kept.poll(); part != null; part = kept.poll()) {
      stream.write(part);
    }
    // A client that reads slowly uses up its own time, not that of the tries for the next page.
    RequestTrace.current().beginAnew();
  }
}
