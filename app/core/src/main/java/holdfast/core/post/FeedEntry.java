package holdfast.core.post;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The cached head of a feed. It holds no texts, because they take much space and may change.
 *
 * @param lsn the WAL position up to which the entry includes every write
 * @param friends the users whose posts were read
 * @param posts ids of the newest posts, newest first
 */
record FeedEntry(LogSequenceNumber lsn, List<UUID> friends, List<UUID> posts) {

  /** The version of this encoding. Another encoding needs another number. */
  private static final byte FORM = 2;

  /** The WAL position comes first, because the cache reads it there. */
  private static final int HEADER = Long.BYTES + 1 + Integer.BYTES;

  private static final int ID = 2 * Long.BYTES;

  static Optional<FeedEntry> decode(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length < HEADER || (bytes.length - HEADER) % ID != 0) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    LogSequenceNumber lsn = LogSequenceNumber.valueOf(buffer.getLong());
    byte form = buffer.get();
    int friends = buffer.getInt();
    int ids = buffer.remaining() / ID;
    return form != FORM || friends < 0 || friends > ids
        ? Optional.empty()
        : Optional.of(
            new FeedEntry(lsn, ids(buffer, 0, friends), ids(buffer, friends, ids - friends)));
  }

  byte[] encode() {
    ByteBuffer buffer = ByteBuffer.allocate(HEADER + ID * (friends.size() + posts.size()));
    buffer.putLong(lsn.asLong()).put(FORM).putInt(friends.size());
    friends.forEach(id -> put(buffer, id));
    posts.forEach(id -> put(buffer, id));
    return buffer.array();
  }

  /** True if the entry includes every write up to this position. */
  boolean reaches(LogSequenceNumber needed) {
    return lsn.compareTo(needed) >= 0;
  }

  List<UUID> page(FeedQuery query) {
    int end = Math.min(query.depth(), posts.size());
    return query.offset() >= end ? List.of() : posts.subList(query.offset(), end);
  }

  private static void put(ByteBuffer buffer, UUID id) {
    buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  /** Decodes each id when it is read, because a page needs only a few of them. */
  private static List<UUID> ids(ByteBuffer buffer, int from, int count) {
    ByteBuffer bytes = buffer.slice(HEADER + from * ID, count * ID);
    return new AbstractList<>() {
      @Override
      public UUID get(int index) {
        return new UUID(bytes.getLong(index * ID), bytes.getLong(index * ID + Long.BYTES));
      }

      @Override
      public int size() {
        return count;
      }
    };
  }
}
