package holdfast.core.live;

import java.time.Duration;
import org.slf4j.Logger;

/** Logs a frequent warning at most once a minute. */
final class ThrottledWarning {

  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final Logger log;
  private long quietUntil = System.nanoTime();

  ThrottledWarning(Logger log) {
    this.log = log;
  }

  synchronized void say(String what, Object reason) {
    long now = System.nanoTime();
    if (now - quietUntil >= 0) {
      quietUntil = now + SILENCE.toNanos();
      log.warn(what, reason);
    }
  }
}
