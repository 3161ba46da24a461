package holdfast.loadtest.machine;

import java.time.Duration;

/** The clock that a drill lives by. Tests have one that jumps. */
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

  /** Asks again each {@code everyMs}, until it is so or the patience ends; whether it is so. */
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

  /** Something that is awaited. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws InterruptedException;
  }
}
