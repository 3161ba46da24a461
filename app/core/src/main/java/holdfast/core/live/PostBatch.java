package holdfast.core.live;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The result of one read of posts.
 *
 * @param posts posts with at least one reader, in order
 * @param end the cursor of the last post that was examined
 * @param more true if there may be posts after the end
 * @param undecided the age of the first visible post that must wait for an older transaction
 * @param shown the WAL position up to which the read includes every write
 */
record PostBatch(
    List<LivePost> posts,
    FeedCursor end,
    boolean more,
    Optional<Duration> undecided,
    LogSequenceNumber shown) {}
