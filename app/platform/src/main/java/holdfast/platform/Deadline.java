package holdfast.platform;

import java.time.Duration;

/** A moment on the monotonic clock by which something must be done. */
record Deadline(long nanoTime) {

  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  Duration left() {
    return Duration.ofNanos(nanoTime - System.nanoTime());
  }
}
