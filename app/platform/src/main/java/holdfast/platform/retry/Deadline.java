package holdfast.platform.retry;

import java.time.Duration;

/** A moment on the monotonic clock by which something must be done. */
public record Deadline(long nanoTime) {

  public static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  public Duration left() {
    return Duration.ofNanos(nanoTime - System.nanoTime());
  }
}
