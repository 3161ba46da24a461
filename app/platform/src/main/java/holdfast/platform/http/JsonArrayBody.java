package holdfast.platform.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * A JSON array as the body of an answer. Up to a limit, the array is kept in memory. While it is
 * kept, its length can be announced, an error can be answered instead, and a failed read can start
 * again. Beyond the limit the array is streamed, which bounds the memory. A failure then breaks the
 * connection.
 */
public final class JsonArrayBody {

  private static final byte[] BEGINNING = "[".getBytes(US_ASCII);
  private static final byte[] END = "]".getBytes(US_ASCII);

  private static final String CODING = "gzip";

  /** A shorter answer fits into one packet of the network anyway. */
  private static final int LEAST_COMPRESSED = 1024;

  private final HttpServletResponse response;
  private int keptLimit;
  private final byte[] separator;
  private final Queue<byte[]> kept = new ArrayDeque<>();
  private int keptBytes;
  private boolean empty = true;
  private boolean compressed;
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

  /**
   * Sends the array in the coding gzip, unless it is very short. Must be called before the first
   * element is added.
   */
  public void compress() {
    compressed = true;
  }

  /** True if further elements of this many bytes can be kept. */
  public boolean fits(int bytes) {
    return keptBytes + bytes <= keptLimit;
  }

  /** Sets the number of bytes that are kept before the array is streamed. */
  public void keep(int bytes) {
    keptLimit = bytes;
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
    send(() -> {});
  }

  /**
   * Does the same as {@link #send()}.
   *
   * @param beforeSending sets headers that an error answer must not have. It runs only if the whole
   *     array was kept.
   */
  public void send(Runnable beforeSending) throws IOException {
    if (empty) {
      append(BEGINNING);
    }
    append(END);
    if (stream == null) {
      sendKept(beforeSending);
    } else {
      flush();
      stream.close();
    }
  }

  /** The whole array is there, so its length is known. */
  private void sendKept(Runnable beforeSending) throws IOException {
    ByteArrayOutputStream whole = null;
    if (compressed && keptBytes >= LEAST_COMPRESSED) {
      whole = new ByteArrayOutputStream(keptBytes / 4);
      try (OutputStream gzip = new Gzip(whole)) {
        drain(gzip);
      }
    }
    beforeSending.run();
    response.setContentLength(whole == null ? keptBytes : whole.size());
    if (whole == null) {
      stream = response.getOutputStream();
      drain(stream);
    } else {
      response.setHeader(HttpHeaders.CONTENT_ENCODING, CODING);
      stream = response.getOutputStream();
      whole.writeTo(stream);
    }
  }

  private void append(byte[] part) {
    kept.add(part);
    keptBytes += part.length;
  }

  private void flush() throws IOException {
    if (stream == null) {
      if (compressed) {
        response.setHeader(HttpHeaders.CONTENT_ENCODING, CODING);
      }
      stream = compressed ? new Gzip(response.getOutputStream()) : response.getOutputStream();
    }
    drain(stream);
  }

  private void drain(OutputStream output) throws IOException {
    for (byte[] part = kept.poll(); part != null; part = kept.poll()) {
      output.write(part);
    }
  }

  private static final class Gzip extends GZIPOutputStream {

    /** docs/performance.md compares the levels. */
    private static final int LEVEL = 3;

    private static final int BUFFER = 16384;

    Gzip(OutputStream output) throws IOException {
      super(output, BUFFER);
      def.setLevel(LEVEL);
    }
  }
}
