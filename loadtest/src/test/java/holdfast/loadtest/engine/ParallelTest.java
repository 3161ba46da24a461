package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ParallelTest {

  private final CountDownLatch otherRuns = new CountDownLatch(1);
  private final CountDownLatch otherEnded = new CountDownLatch(1);
  private final CountDownLatch returned = new CountDownLatch(1);
  private final AtomicBoolean otherWasLate = new AtomicBoolean();

  @Test
  void nothingStillRunsAfterAnInterruption() throws InterruptedException {
    assertThatThrownBy(() -> Parallel.each(List.of("interrupted", "other"), this::task))
        .isInstanceOf(InterruptedException.class);
    returned.countDown();
    otherEnded.await();
    assertThat(otherWasLate).isFalse();
  }

  private Void task(String key) throws InterruptedException {
    if (key.equals("interrupted")) {
      otherRuns.await();
      throw new InterruptedException();
    }
    otherRuns.countDown();
    try {
      new CountDownLatch(1).await();
    } finally {
      // Stands for what a task still does after an interruption, such as a message to its machine.
      otherWasLate.set(returned.await(200, TimeUnit.MILLISECONDS));
      otherEnded.countDown();
    }
    throw new IllegalStateException("it was not interrupted");
  }
}
