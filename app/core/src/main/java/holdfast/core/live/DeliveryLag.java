package holdfast.core.live;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * How far the live feed is behind, in seconds. This is the time since the last read that left no
 * deliverable post unread, plus the age that the first waiting post had at that read. A post waits
 * for an older transaction to end. The lag keeps growing while posts can't be read. Without
 * subscribers the lag stays below about one poll interval.
 */
final class DeliveryLag {

  private volatile long completeNanos = System.nanoTime();

  DeliveryLag(MeterRegistry metrics) {
    Gauge.builder("holdfast.live.lag", this, DeliveryLag::seconds)
        .baseUnit("seconds")
        .description("Age of the oldest post that may not have been delivered yet")
        .strongReference(true)
        .register(metrics);
  }

  /**
   * Records the age of the oldest post that waits.
   *
   * @param nanoTime when the posts were read, on the monotonic clock
   * @param oldest the age of that post at that moment. It is zero if no post waits.
   */
  void upTo(long nanoTime, Duration oldest) {
    completeNanos = nanoTime - oldest.toNanos();
  }

  private double seconds() {
    return (System.nanoTime() - completeNanos) / 1e9;
  }
}
