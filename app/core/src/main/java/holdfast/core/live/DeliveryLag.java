package holdfast.core.live;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * The age of the oldest post that may not have been delivered yet, in seconds. It keeps growing
 * while posts can't be read. Without subscribers it stays below about one poll interval.
 */
final class DeliveryLag {

  private volatile long completeNanos = System.nanoTime();

  DeliveryLag(MeterRegistry metrics) {
    Gauge.builder("holdfast.live.lag", this, DeliveryLag::seconds)
        .baseUnit("seconds")
        .description("Posts older than this have been dealt out to this node's subscribers")
        .strongReference(true)
        .register(metrics);
  }

  /**
   * Records that at {@code nanoTime} the first waiting post was {@code oldest} old; zero if none
   * waited.
   */
  void upTo(long nanoTime, Duration oldest) {
    completeNanos = nanoTime - oldest.toNanos();
  }

  private double seconds() {
    return (System.nanoTime() - completeNanos) / 1e9;
  }
}
