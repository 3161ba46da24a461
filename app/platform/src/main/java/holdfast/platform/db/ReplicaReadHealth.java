package holdfast.platform.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Reports a node as ready if it can read from a replica. The primary isn't needed for that. The
 * last success counts for a while. Otherwise a short outage of a part that all nodes share would
 * take all of them out at once.
 */
final class ReplicaReadHealth implements HealthIndicator {

  private final BooleanSupplier answers;
  private final long memoryNanos;
  private final AtomicLong lastAnswer;

  /**
   * @param answers tells whether a replica answers now
   * @param memory how long the last answer counts
   */
  ReplicaReadHealth(BooleanSupplier answers, Duration memory) {
    this.answers = answers;
    this.memoryNanos = memory.toNanos();
    this.lastAnswer = new AtomicLong(System.nanoTime() - memoryNanos - 1);
  }

  @Override
  public Health health() {
    if (System.nanoTime() - lastAnswer.get() <= memoryNanos) {
      return Health.up().build();
    }
    if (!answers.getAsBoolean()) {
      return Health.down().build();
    }
    lastAnswer.set(System.nanoTime());
    return Health.up().build();
  }
}
