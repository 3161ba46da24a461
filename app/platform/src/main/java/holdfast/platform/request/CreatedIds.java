package holdfast.platform.request;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * The ids of what requests create: the same each time the same request comes, whether nginx, core
 * or the client sends it again. Made with a secret, so that no id tells what it was made from, nor
 * can be chosen by a client for another's request.
 */
@Component
public final class CreatedIds {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec secret;

  CreatedIds(IdentityProperties properties) {
    this.secret =
        new SecretKeySpec(properties.secret().getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /**
   * The id of the one thing of this kind that the current request creates, a UUID of version 8 (RFC
   * 9562).
   *
   * @param scope within which an Idempotency-Key means the same request, such as the caller's id
   */
  public UUID idOf(String kind, String... scope) {
    ByteBuffer hash =
        hash(Stream.concat(Stream.of(kind, RequestTrace.current().repeatKey()), Stream.of(scope)));
    long high = hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x8000L;
    long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** Tells one content from another, and nothing of either. */
  public long digestOf(String content) {
    return hash(Stream.of("digest", content)).getLong();
  }

  private ByteBuffer hash(Stream<String> parts) {
    Mac mac = mac();
    parts
        .map(part -> part.getBytes(StandardCharsets.UTF_8))
        .forEach(part -> {
          // The length first: else "ab" + "c" would be "a" + "bc".
          mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
          mac.update(part);
        });
    return ByteBuffer.wrap(mac.doFinal());
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has " + ALGORITHM, e);
    }
  }
}
