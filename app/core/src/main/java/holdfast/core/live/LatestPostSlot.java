package holdfast.core.live;

import holdfast.core.PostWritten;
import holdfast.platform.retry.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * What is known of new posts and not yet acted upon. However many there are, it holds one: who has
 * read the log up to the latest has read them all.
 */
final class LatestPostSlot {

  private @Nullable PostWritten latest;
  private boolean nudged;

  synchronized void put(PostWritten post) {
    PostWritten known = latest;
    if (known == null || position(known).compareTo(position(post)) < 0) {
      latest = post;
    }
    notifyAll();
  }

  /** Whoever waits is to go on, without a post. */
  synchronized void nudge() {
    nudged = true;
    notifyAll();
  }

  /** Takes what is there, or waits for it; null after that time, or if nudged. */
  synchronized @Nullable PostWritten take(Duration longest) throws InterruptedException {
    Deadline.in(longest).await(this, () -> latest != null || nudged);
    PostWritten taken = latest;
    latest = null;
    nudged = false;
    return taken;
  }

  static LogSequenceNumber position(PostWritten post) {
    return LogSequenceNumber.valueOf(post.lsn());
  }
}
