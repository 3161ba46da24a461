package holdfast.core.live;

import java.time.Duration;

/** The time until the live feed's next read, if no wake-up comes before. */
final class ReadPause {

  private static final Duration SHORTEST = Duration.ofMillis(10);

  private final Duration poll;
  private Duration length;

  /**
   * @param poll the interval of reads while no posts are waiting
   */
  ReadPause(Duration poll) {
    this.poll = poll;
    this.length = poll;
  }

  Duration length() {
    return length;
  }

  void reset() {
    length = poll;
  }

  /** True if the pause is a whole poll interval. */
  boolean isWhole() {
    return length.equals(poll);
  }

  /** Sets the pause that follows the read of this batch. */
  void after(PostBatch batch) {
    if (batch.more()) {
      length = Duration.ZERO;
    } else if (batch.undecided().isEmpty()) {
      length = poll;
    } else {
      // The transaction that holds the posts back usually ends within milliseconds. If it wrote no
      // post, its end sends no wake-up.
      Duration longer = isWhole() || length.isZero() ? SHORTEST : length.multipliedBy(2);
      length = longer.compareTo(poll) < 0 ? longer : poll;
    }
  }
}
