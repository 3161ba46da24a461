package holdfast.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.platform.db.RetryLoop.Attempt;
import holdfast.platform.errors.Unavailable;
import holdfast.platform.retry.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

class RetryLoopTest {

  private final List<String> asked = new ArrayList<>();

  private Attempt<String> behind(String server) {
    return () -> {
      asked.add(server);
      // Without a limit, a loop that never pauses or ends would run until the memory is full.
      assertThat(asked).hasSizeLessThan(100);
      return Optional.empty();
    };
  }

  private Attempt<String> failing(String server) {
    return () -> {
      asked.add(server);
      throw new SQLException("the connection broke", "08006");
    };
  }

  /** Fails this many times before it answers. */
  private Attempt<String> answering(String server, int failures) {
    int[] left = {failures};
    return () -> {
      asked.add(server);
      if (left[0]-- > 0) {
        throw new SQLException("the connection broke", "08006");
      }
      return Optional.of(server);
    };
  }

  private static Deadline in(int millis) {
    return Deadline.in(Duration.ofMillis(millis));
  }

  @Test
  void thePrimaryIsAskedAtOnceIfTheReplicaIsBehind() {
    // No time for a pause.
    assertThat(RetryLoop.run(in(0), behind("replica"), answering("primary", 0)))
        .isEqualTo("primary");
  }

  @Test
  void theServersTakeTurnsUntilOneAnswers() {
    assertThat(RetryLoop.run(in(20_000), failing("replica"), answering("primary", 1)))
        .isEqualTo("primary");
    assertThat(asked).containsExactly("replica", "primary", "replica", "primary");
  }

  @Test
  void noAttemptBeginsAfterTheDeadline() {
    assertThatExceptionOfType(Unavailable.class)
        .isThrownBy(() -> RetryLoop.run(in(5), failing("replica")));
    assertThat(asked).hasSize(1);
  }

  @Test
  void endsAtTheDeadlineIfNoServerCanAnswerYet() {
    assertThatExceptionOfType(Unavailable.class)
        .isThrownBy(() -> RetryLoop.run(in(0), behind("replica"), behind("primary")));
    assertThat(asked).containsExactly("replica", "primary");
  }

  @Test
  void pausesAfterARoundInWhichNoServerCouldAnswerYet() {
    assertThatExceptionOfType(Unavailable.class)
        .isThrownBy(() -> RetryLoop.run(in(1_000), behind("replica"), behind("primary")));
    assertThat(asked).hasSizeGreaterThan(2);
  }

  @Test
  void onlyFailuresThatMayPassAreRetried() {
    SQLException broken = new SQLException("broken", "57P01");
    assertThat((Exception) RetryLoop.retryable(new IllegalStateException(broken))).isSameAs(broken);

    assertThatThrownBy(() -> RetryLoop.retryable(new SQLException("too slow", "57014")))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("took too long");
    assertThatThrownBy(() -> RetryLoop.retryable(new SQLException("disk full", "53100")))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("no room");
    DataIntegrityViolationException mistake =
        new DataIntegrityViolationException("twice", new SQLException("twice", "23505"));
    assertThatThrownBy(() -> RetryLoop.retryable(mistake)).isSameAs(mistake);
  }
}
