package holdfast.core.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The ids that nginx gives requests, and the ids of what those requests create. */
public final class RequestIds {

  static final String HEADER = "X-Request-Id";

  /** nginx's {@code $request_id}. */
  private static final Pattern WELL_FORMED = Pattern.compile("[0-9a-f]{32}");

  private RequestIds() {}

  /** The given id if it is one of nginx's, otherwise a new one of the same form. */
  static String orNew(@Nullable String given) {
    return given != null && WELL_FORMED.matcher(given).matches()
        ? given
        : UUID.randomUUID().toString().replace("-", "");
  }

  /**
   * The id of the one thing of this kind that the request creates: the same each time the request
   * comes, a UUID of version 8 (RFC 9562) made from SHA-256.
   */
  public static UUID idOf(String kind, String requestId) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(kind + "\n" + requestId));
    long high = hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x8000L;
    long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
