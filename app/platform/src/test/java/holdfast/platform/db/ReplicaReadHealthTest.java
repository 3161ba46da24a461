package holdfast.platform.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class ReplicaReadHealthTest {

  private final AtomicBoolean answers = new AtomicBoolean();

  @Test
  void isNotReadyBeforeTheFirstAnswer() {
    ReplicaReadHealth reads = new ReplicaReadHealth(answers::get, Duration.ofHours(1));

    assertThat(reads.health().getStatus()).isEqualTo(Status.DOWN);
    answers.set(true);
    assertThat(reads.health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void staysReadyDuringAShortSilence() {
    ReplicaReadHealth reads = new ReplicaReadHealth(answers::get, Duration.ofHours(1));
    answers.set(true);
    reads.health();
    answers.set(false);

    assertThat(reads.health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void isNotReadyAfterALongSilence() {
    ReplicaReadHealth reads = new ReplicaReadHealth(answers::get, Duration.ZERO);
    answers.set(true);
    reads.health();
    answers.set(false);

    assertThat(reads.health().getStatus()).isEqualTo(Status.DOWN);
  }
}
