package holdfast.core.live;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * Counts the characters that this node holds for delivery. A text that waits for many subscribers
 * is stored once, and counts once.
 */
@Component
final class Backlog {

  /** At most 16 MiB of heap, at two bytes for each character. */
  private static final int MOST_CHARS = 8 * 1024 * 1024;

  private final AtomicLong chars = new AtomicLong();

  boolean isFull() {
    return chars.get() > MOST_CHARS;
  }

  void add(int more) {
    chars.addAndGet(more);
  }
}
