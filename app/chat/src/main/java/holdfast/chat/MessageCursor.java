package holdfast.chat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/** The position of a message in its dialog's order. Clients receive it as an opaque text. */
record MessageCursor(OffsetDateTime sentAt, UUID id) {

  private static final int BYTES = 3 * Long.BYTES;

  /**
   * The end of the year 9999. Both PostgreSQL and Java can represent it, and no message is newer.
   */
  private static final long LATEST_MICROS = 253_402_300_799_999_999L;

  static Optional<MessageCursor> parse(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (bytes.length != BYTES) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long micros = buffer.getLong();
    return micros < 0 || micros > LATEST_MICROS
        ? Optional.empty()
        : Optional.of(new MessageCursor(at(micros), new UUID(buffer.getLong(), buffer.getLong())));
  }

  String text() {
    byte[] bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, sentAt.toInstant()))
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static OffsetDateTime at(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
