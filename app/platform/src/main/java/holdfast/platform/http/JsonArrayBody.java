package holdfast.platform.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * A JSON array as the body of an answer. Up to a limit, the array is kept in memory. Until then its
 * length can be announced, an error can be answered instead, and a failed read can start again.
 * Beyond the limit the array is streamed, which bounds the memory. A failure then breaks the
 * connection.
 */
public final class JsonArrayBody {

  private static final byte[] BEGINNING = "[".getBytes(US_ASCII);
  private static final byte[] END = "]".getBytes(US_ASCII);

  private final HttpServletResponse response;
  private final int keptLimit;
  private final byte[] separator;
  private final Queue<byte[]> kept = new ArrayDeque<>();
  private int keptBytes;
  private boolean empty = true;
  private @Nullable OutputStream stream;

  /**
   * @param keptLimit the number of bytes that are kept before the array is streamed
   * @param separator what is written between the elements: a comma, and maybe white space
   */
  public JsonArrayBody(HttpServletResponse response, int keptLimit, String separator) {
    this.response = response;
    this.keptLimit = keptLimit;
    this.separator = separator.getBytes(US_ASCII);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
  }

  /** True as long as the client has received nothing. */
  public boolean isKept() {
    return stream == null;
  }

  /** Drops all elements. Throws if the client has received some of them. */
  public void restart() {
    if (stream != null) {
      throw new IllegalStateException("an answer broke after its first part was sent");
    }
    kept.clear();
    keptBytes = 0;
    empty = true;
  }

  /**
   * Adds one element, or several elements that are already joined.
   *
   * @param elements the bytes, which aren't copied. The caller must not change them afterwards.
   */
  public void add(byte[] elements) throws IOException {
    append(empty ? BEGINNING : separator);
    empty = false;
    append(elements);
    if (stream != null || keptBytes > keptLimit) {
      flush();
    }
  }

  /** Sends the rest. Nothing may be added afterwards. */
  public void send() throws IOException {
    if (empty) {
      append(BEGINNING);
    }
    append(END);
    if (stream == null) {
      response.setContentLength(keptBytes);
    }
    flush();
  }

  private void append(byte[] part) {
    kept.add(part);
    keptBytes += part.length;
  }

  private void flush() throws IOException {
    if (stream == null) {
      stream = response.getOutputStream();
    }
    for (byte[] part = kept.poll(); part != null; part = kept.poll()) {
      stream.write(part);
    }
  }
}
