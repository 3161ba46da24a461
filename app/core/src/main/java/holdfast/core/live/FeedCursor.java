package holdfast.core.live;

import java.util.UUID;

/**
 * The place of a post in the one order that all subscribers see: that of its transaction's id, and
 * of its own among those of the same transaction. Places are always those of posts that were read:
 * ids of transactions that wrote nothing may be given anew after a failover.
 *
 * @param xid 64 bits: it doesn't wrap around
 */
record FeedCursor(long xid, UUID postId) implements Comparable<FeedCursor> {

  static final FeedCursor START = new FeedCursor(0, new UUID(0, 0));

  /** As PostgreSQL compares: UUIDs without a sign. */
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
