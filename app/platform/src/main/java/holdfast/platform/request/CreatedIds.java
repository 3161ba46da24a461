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
 * Makes the ids of new objects. A repeated request gets the same id, whether nginx, core or the
 * client repeats it. Ids are made with a secret. They reveal nothing, and a client can't make the
 * id of another client's object.
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
   * The id of the object that the current request creates: a UUID of version 8 (RFC 9562).
   *
   * @param kind the kind of object, such as a post
   * @param scope limits the meaning of an Idempotency-Key, for example to one caller
   */
  public UUID idOf(String kind, String... scope) {
    ByteBuffer hash =
        hash(Stream.concat(Stream.of(kind, RequestTrace.current().repeatKey()), Stream.of(scope)));
    long high = hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x8000L;
    long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** A digest that distinguishes contents without revealing them. */
  public long digestOf(String content) {
    return hash(Stream.of("digest", content)).getLong();
  }

  private ByteBuffer hash(Stream<String> parts) {
    Mac mac = mac();
    parts
        .map(part -> part.getBytes(StandardCharsets.UTF_8))
        .forEach(part -> {
          // The length is hashed first. Otherwise "ab" + "c" and "a" + "bc" would be the same.
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
