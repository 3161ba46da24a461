package holdfast.core.live;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * What one look at the database found.
 *
 * @param posts with readers, in order
 * @param end the place up to which all was looked at
 * @param more true if there is more behind the end
 * @param undecided the age of the first visible post that must wait for an older transaction's end
 * @param shown how far the log had come at least
 */
record PostBatch(
    List<LivePost> posts,
    FeedCursor end,
    boolean more,
    Optional<Duration> undecided,
    LogSequenceNumber shown) {}
