package holdfast.platform.limits;

import holdfast.platform.errors.Unavailable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets a bounded number in at once, first come, first served; 503 for the rest. */
public final class Bulkhead {

  private final Semaphore permits;
  private final int waiting;
  private final long waitNanos;
  private final Counter refused;

  /**
   * @param name what its metrics are called by
   * @param inside how many may be inside at once
   * @param waiting how many may wait for their turn: more are refused at once
   * @param longestWait how long one of them may
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

  /** Returns when it is the caller's turn, who must leave afterwards. */
  public void enter() throws InterruptedException {
    // The queue's length is approximate by a few, which bounds it just as well.
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
