package holdfast.platform.retry;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A moment on the monotonic clock. */
public record Deadline(long nanoTime) {

  public static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  public Duration left() {
    return Duration.ofNanos(nanoTime - System.nanoTime());
  }

  /**
   * Waits until the condition is true or the deadline is over. The caller must hold the monitor.
   * The thread that changes the condition must notify the monitor.
   */
  public void await(Object monitor, BooleanSupplier condition) throws InterruptedException {
    for (long millis = millisLeft();
        millis > 0 && !condition.getAsBoolean();
        millis = millisLeft()) {
      monitor.wait(millis);
    }
  }

  /**
   * The milliseconds left, rounded up. If they were rounded down, a wait could end before the
   * deadline, and a caller that polls would spin.
   */
  private long millisLeft() {
    return Math.ceilDiv(left().toNanos(), 1_000_000L);
  }
}
