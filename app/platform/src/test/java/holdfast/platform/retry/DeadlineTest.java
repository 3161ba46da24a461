package holdfast.platform.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class DeadlineTest {

  private final Object monitor = new Object();
  private boolean reached;

  @Test
  void waitsUntilTheConditionIsTrue() throws Exception {
    Deadline far = Deadline.in(Duration.ofMinutes(1));
    synchronized (monitor) {
      // The thread needs the monitor, which is free only while the test waits.
      Thread.ofVirtual().start(this::reach);
      far.await(monitor, () -> reached);
      assertThat(reached).isTrue();
    }
  }

  private void reach() {
    synchronized (monitor) {
      reached = true;
      monitor.notifyAll();
    }
  }

  @Test
  void waitsExactlyUntilTheDeadline() throws Exception {
    Deadline near = Deadline.in(Duration.ofMillis(50));
    synchronized (monitor) {
      near.await(monitor, () -> false);
    }
    assertThat(near.left().isPositive()).isFalse();
  }
}
