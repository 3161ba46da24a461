package holdfast.platform.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Ready means that reads are possible: without the primary too, not before the replicas. A node
 * that could read a moment ago still counts as one that can: else a short absence of what all nodes
 * share would take out all of them at once.
 */
final class ReplicaReadHealth implements HealthIndicator {

  private final BooleanSupplier answers;
  private final long memoryNanos;
  private final AtomicLong lastAnswer;

  /**
   * @param answers whether the replicas do, asked anew
   * @param memory how long their last answer counts
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
