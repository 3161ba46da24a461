package holdfast.platform.limits;

import holdfast.platform.errors.Unavailable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Admits a limited number of callers at once, in the order of arrival. The others get 503. */
public final class Bulkhead {

  private final Semaphore permits;
  private final int waiting;
  private final long waitNanos;
  private final Counter refused;

  /**
   * @param name part of the metrics' names
   * @param inside limit of admitted callers
   * @param waiting limit of callers that wait. Further callers are refused at once.
   * @param longestWait how long a caller may wait
   */
  public Bulkhead(
      String name, int inside, int waiting, Duration longestWait, MeterRegistry metrics) {
    this.permits = new Semaphore(inside, true);
    this.waiting = waiting;
    this.waitNanos = longestWait.toNanos();
    this.refused = metrics.counter("holdfast." + name + ".refused");
    Gauge.builder("holdfast." + name + ".free", permits, Semaphore::availablePermits)
        .register(metrics);
    Gauge.builder("holdfast." + name + ".waiting", permits, Semaphore::getQueueLength)
        .register(metrics);
  }

  /** Returns when the caller is admitted. The caller must call {@link #leave} afterwards. */
  public void enter() throws InterruptedException {
    // The queue's length may be off by a few, which doesn't matter for this limit.
    long wait = permits.getQueueLength() < waiting ? waitNanos : 0;
    if (!permits.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
      refused.increment();
      throw new Unavailable("too many requests at once");
    }
  }

  public void leave() {
    permits.release();
  }
}
