package holdfast.core.live;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * How much this node holds that its subscribers haven't taken yet. A text that waits for many of
 * them is held once, and counts once.
 */
@Component
final class Backlog {

  /** At most 16 MiB of heap: two bytes a character. */
  private static final int MOST_CHARS = 8 * 1024 * 1024;

  private final AtomicLong chars = new AtomicLong();

  boolean isFull() {
    return chars.get() > MOST_CHARS;
  }

  void add(int more) {
    chars.addAndGet(more);
  }
}
