package holdfast.platform.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.stereotype.Component;

/**
 * Stores write marks in {@link Cache}. A mark is the WAL position after the last write by a user or
 * to an object. A replica that has replayed up to this position shows the write.
 */
@Component
public final class WriteMarks {

  /** How long a mark is kept. No replica that serves reads lags by more than this. */
  private static final Duration LIFETIME = Duration.ofMinutes(10);

  /** All marks have the same length, so that their order as texts is the order of the positions. */
  private static final Pattern WRITTEN = Pattern.compile("[0-9A-F]{16}");

  private final Cache cache;

  WriteMarks(Cache cache) {
    this.cache = cache;
  }

  /** The key of the mark for everything that a user writes: posts and friends. */
  public static String user(UUID id) {
    return "user:" + id;
  }

  /** The key of the mark for the user's own registration. */
  public static String registration(UUID id) {
    return "registration:" + id;
  }

  public static String post(UUID id) {
    return "post:" + id;
  }

  /** The highest of the marks and the floor. The result is empty if a mark is malformed. */
  public static Optional<LogSequenceNumber> highest(Cache.Found found) {
    LogSequenceNumber highest = found.floor();
    for (byte[] value : found.values()) {
      if (value != null) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (!WRITTEN.matcher(text).matches()) {
          return Optional.empty();
        }
        LogSequenceNumber mark = LogSequenceNumber.valueOf(Long.parseUnsignedLong(text, 16));
        highest = mark.compareTo(highest) > 0 ? mark : highest;
      }
    }
    return Optional.of(highest);
  }

  static String written(LogSequenceNumber lsn) {
    return "%016X".formatted(lsn.asLong());
  }

  /**
   * The WAL position that a server must have replayed to show the marked writes. The result is
   * empty if the position is unknown.
   */
  public Optional<LogSequenceNumber> needed(List<String> keys) {
    return cache.get(keys).flatMap(WriteMarks::highest);
  }

  /** Stores the position under these keys. Returns false if other nodes may not see it. */
  public boolean set(List<String> keys, LogSequenceNumber lsn) {
    return keys.isEmpty() || cache.raise(keys, lsn, LIFETIME);
  }
}
