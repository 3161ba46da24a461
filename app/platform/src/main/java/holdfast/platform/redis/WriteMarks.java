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
 * How far the log had come after the last write of a user, or of a thing, kept in {@link Cache}: a
 * replica that has replayed so far shows the write.
 */
@Component
public final class WriteMarks {

  /** Longer than a replica that still serves may lag. */
  private static final Duration LIFETIME = Duration.ofMinutes(10);

  /** Of one length, so that the order of the texts is that of the positions. */
  private static final Pattern WRITTEN = Pattern.compile("[0-9A-F]{16}");

  private final Cache cache;

  WriteMarks(Cache cache) {
    this.cache = cache;
  }

  /** Of all that a user wrote: posts, friends. */
  public static String user(UUID id) {
    return "user:" + id;
  }

  public static String post(UUID id) {
    return "post:" + id;
  }

  /** The highest of an answer's marks, at least its floor; empty if one of them can't be read. */
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

  /** What a server must have replayed to show the marked writes; empty if nobody can tell. */
  public Optional<LogSequenceNumber> needed(List<String> keys) {
    return cache.get(keys).flatMap(WriteMarks::highest);
  }

  /** False if others may not get to know. */
  public boolean set(List<String> keys, LogSequenceNumber lsn) {
    return keys.isEmpty() || cache.raise(keys, lsn, LIFETIME);
  }
}
