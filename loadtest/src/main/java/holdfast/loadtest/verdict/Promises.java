package holdfast.loadtest.verdict;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The limits that the drill promises to keep. A limit is null if the drill doesn't promise it.
 *
 * @param p99MsMax the limit of the latency at p99, in milliseconds
 * @param gapReadsMsMax the limit of the longest gap in reads, in milliseconds; see {@link Outage}
 * @param gapWritesMsMax the limit of the longest gap in writes, in milliseconds
 * @param returnedShareMin the share of requests that a healed node must serve among the nodes of
 *     its kind, from 0 to 1
 * @param returnedWithinS the measurement of a node's share begins this many seconds after the
 *     node's healing; see {@link RejoinStats}
 * @param unknownWritesMax the limit of writes whose outcome the client doesn't know
 */
public record Promises(
    @Nullable Long failedReadsMax,
    @Nullable Long failedWritesMax,
    @Nullable Long p99MsMax,
    @Nullable Long gapReadsMsMax,
    @Nullable Long gapWritesMsMax,
    @Nullable Double returnedShareMin,
    @Nullable Long returnedWithinS,
    @Nullable Long unknownWritesMax) {

  public static final Promises NONE = new Promises(null, null, null, null, null, null, null, null);

  public Promises {
    if ((returnedShareMin == null) != (returnedWithinS == null)) {
      throw new IllegalArgumentException(
          "returned_share_min and returned_within_s need each other");
    }
    if (returnedShareMin != null && (returnedShareMin < 0 || returnedShareMin > 1)) {
      throw new IllegalArgumentException("returned_share_min is not between 0 and 1");
    }
  }

  public boolean none() {
    return Stream.of(
            failedReadsMax,
            failedWritesMax,
            p99MsMax,
            gapReadsMsMax,
            gapWritesMsMax,
            returnedShareMin,
            unknownWritesMax)
        .allMatch(Objects::isNull);
  }
}
