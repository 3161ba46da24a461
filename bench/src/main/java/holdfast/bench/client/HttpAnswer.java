package holdfast.bench.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** One answer of HTTP/1.1 while it arrives. Keeps the headers and the beginning of the body. */
public final class HttpAnswer {

  /** The part that the next byte belongs to. */
  private enum Part {
    STATUS,
    HEADERS,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    COMPLETE
  }

  private static final int KEPT = 1024;
  private static final int LONGEST_LINE = 8192;

  private final Map<String, String> headers = new HashMap<>();
  private final StringBuilder line = new StringBuilder();
  private final byte[] beginning = new byte[KEPT];
  private Part part = Part.STATUS;
  private int status;
  private int kept;

  /** The bytes that are left of the body or of the chunk. */
  private long left;

  public int status() {
    return status;
  }

  /** The value of a header, or an empty text. The name is in small letters. */
  public String header(String name) {
    return Objects.requireNonNullElse(headers.get(name), "");
  }

  /** The first bytes of the body. A letter at the end may be cut. */
  public String beginning() {
    return new String(beginning, 0, kept, UTF_8);
  }

  boolean hasBegun() {
    return part != Part.STATUS || !line.isEmpty();
  }

  boolean closes() {
    return header("connection").equalsIgnoreCase("close");
  }

  /**
   * Takes the bytes that have arrived. Returns true if the answer is complete.
   *
   * @throws IOException if this is no answer of HTTP/1.1
   */
  boolean take(ByteBuffer bytes) throws IOException {
    while (part != Part.COMPLETE && bytes.hasRemaining()) {
      if (part == Part.BODY || part == Part.CHUNK) {
        skip(bytes);
      } else {
        takeLine(bytes);
      }
    }
    return part == Part.COMPLETE;
  }

  private void skip(ByteBuffer bytes) {
    int now = (int) Math.min(left, bytes.remaining());
    int copied = Math.min(KEPT - kept, now);
    bytes.get(beginning, kept, copied);
    kept += copied;
    bytes.position(bytes.position() + now - copied);
    left -= now;
    if (left == 0) {
      part = part == Part.BODY ? Part.COMPLETE : Part.CHUNK_END;
    }
  }

  private void takeLine(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      char next = (char) (bytes.get() & 0xff);
      if (next == '\n') {
        String text = line.toString().stripTrailing();
        line.setLength(0);
        part = after(text);
        return;
      }
      if (line.length() == LONGEST_LINE) {
        throw new IOException("a line of the answer is too long");
      }
      line.append(next);
    }
  }

  private Part after(String text) throws IOException {
    return switch (part) {
      case STATUS -> afterStatus(text);
      case HEADERS -> text.isEmpty() ? afterHeaders() : afterHeader(text);
      case CHUNK_SIZE -> afterChunkSize(text);
      case CHUNK_END -> Part.CHUNK_SIZE;
      default -> text.isEmpty() ? Part.COMPLETE : Part.TRAILERS;
    };
  }

  private Part afterStatus(String text) throws IOException {
    if (!text.matches("HTTP/1\\.1 \\d{3}( .*)?")) {
      throw new IOException("the answer is not HTTP/1.1");
    }
    status = Integer.parseInt(text.substring(9, 12));
    return Part.HEADERS;
  }

  private Part afterHeader(String text) throws IOException {
    String[] nameAndValue = text.split(":", 2);
    if (nameAndValue.length < 2) {
      throw new IOException("a header of the answer has no colon");
    }
    headers.put(nameAndValue[0].toLowerCase(Locale.ROOT), nameAndValue[1].strip());
    return Part.HEADERS;
  }

  private Part afterHeaders() throws IOException {
    if (header("transfer-encoding").equalsIgnoreCase("chunked")) {
      return Part.CHUNK_SIZE;
    }
    left = size(header("content-length"), 10);
    return left == 0 ? Part.COMPLETE : Part.BODY;
  }

  private Part afterChunkSize(String text) throws IOException {
    left = size(text.split(";", 2)[0].strip(), 16);
    return left == 0 ? Part.TRAILERS : Part.CHUNK;
  }

  private static long size(String text, int radix) throws IOException {
    try {
      return Long.parseUnsignedLong(text, radix);
    } catch (NumberFormatException e) {
      throw new IOException("the answer doesn't say how long it is", e);
    }
  }
}
