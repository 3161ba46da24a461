package holdfast.core.live;

import java.util.UUID;

/**
 * The position of a post in the order that all subscribers see. The order is by transaction id, and
 * by post id within a transaction. A cursor always names a post that was read. A mere transaction
 * id would not be enough. After a failover, ids of transactions that wrote nothing may be reused,
 * and the cursor would skip posts with these ids.
 *
 * @param xid the transaction id. It has 64 bits, so it doesn't wrap around.
 */
record FeedCursor(long xid, UUID postId) implements Comparable<FeedCursor> {

  static final FeedCursor START = new FeedCursor(0, new UUID(0, 0));

  /** Compares as PostgreSQL does: as unsigned numbers. */
  @Override
  public int compareTo(FeedCursor other) {
    int byXid = Long.compareUnsigned(xid, other.xid);
    if (byXid != 0) {
      return byXid;
    }
    int byHighHalf =
        Long.compareUnsigned(
            postId.getMostSignificantBits(), other.postId.getMostSignificantBits());
    return byHighHalf != 0
        ? byHighHalf
        : Long.compareUnsigned(
            postId.getLeastSignificantBits(), other.postId.getLeastSignificantBits());
  }

  boolean isAfter(FeedCursor other) {
    return compareTo(other) > 0;
  }
}
