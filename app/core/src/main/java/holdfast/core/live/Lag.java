package holdfast.core.live;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * How far the live feed is behind: all posts older than this were dealt out. It grows by itself
 * when nothing can be read; while nobody listens it is none.
 */
final class Lag {

  private volatile long completeNanos = System.nanoTime();

  Lag(MeterRegistry metrics) {
    Gauge.builder("holdfast.live.lag", this, Lag::seconds)
        .baseUnit("seconds")
        .description("Posts older than this have been dealt out to this node's subscribers")
        .strongReference(true)
        .register(metrics);
  }

  /** What was read at this moment, and was so old then, is the first that waits. */
  void upTo(long nanoTime, Duration oldest) {
    completeNanos = nanoTime - oldest.toNanos();
  }

  private double seconds() {
    return (System.nanoTime() - completeNanos) / 1e9;
  }
}
