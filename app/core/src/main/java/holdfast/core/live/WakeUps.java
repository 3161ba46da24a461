package holdfast.core.live;

import holdfast.core.PostWritten;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Passes on wake-ups about new posts: from this node to itself, and to and from the other nodes
 * through the broker.
 */
@Component
final class WakeUps {

  private final LatestPostSlot here = new LatestPostSlot();
  private final LatestPostSlot toOthers = new LatestPostSlot();
  private final Counter own;
  private final Counter received;

  WakeUps(MeterRegistry metrics) {
    this.own = metrics.counter("holdfast.live.wakeups", "from", "self");
    this.received = metrics.counter("holdfast.live.wakeups", "from", "broker");
  }

  @EventListener
  void written(PostWritten post) {
    own.increment();
    here.put(post);
    toOthers.put(post);
  }

  void received(PostWritten post) {
    received.increment();
    here.put(post);
  }

  /** Wakes the reading thread without a post, because wake-ups may have been missed. */
  void nudge() {
    here.nudge();
  }

  @Nullable PostWritten takeHere(Duration longest) throws InterruptedException {
    return here.take(longest);
  }

  @Nullable PostWritten takeForOthers(Duration longest) throws InterruptedException {
    return toOthers.take(longest);
  }
}
