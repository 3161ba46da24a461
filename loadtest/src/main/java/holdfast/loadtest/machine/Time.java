package holdfast.loadtest.machine;

import java.time.Duration;

/** The clock of a drill. Tests use a clock that jumps instead of waiting. */
public interface Time {

  Time REAL =
      new Time() {
        @Override
        public long nowMs() {
          return System.currentTimeMillis();
        }

        @Override
        public void pause(long ms) throws InterruptedException {
          Thread.sleep(Math.max(0, ms));
        }
      };

  /** Milliseconds since 1970. */
  long nowMs();

  void pause(long ms) throws InterruptedException;

  /**
   * Checks the condition every {@code everyMs} milliseconds, until it holds or the patience ends.
   *
   * @return whether the condition holds
   */
  default boolean until(Condition condition, Duration patience, long everyMs)
      throws InterruptedException {
    long endMs = nowMs() + patience.toMillis();
    while (!condition.holds()) {
      if (nowMs() >= endMs) {
        return false;
      }
      pause(everyMs);
    }
    return true;
  }

  /** A condition that a drill waits for. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws InterruptedException;
  }
}
