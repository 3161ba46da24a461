package holdfast.core.live;

import holdfast.core.PostWritten;
import holdfast.platform.retry.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The newest wake-up that hasn't been handled. One slot is enough: a read that includes the newest
 * post also includes all earlier posts.
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

  /** Wakes the waiting thread without a post. */
  synchronized void nudge() {
    nudged = true;
    notifyAll();
  }

  /**
   * Takes the wake-up, or waits for one. Returns null if the time is over or the slot was nudged.
   */
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
