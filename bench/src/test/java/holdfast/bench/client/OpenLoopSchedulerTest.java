package holdfast.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class OpenLoopSchedulerTest {

  @Test
  void keepsToTheScheduleHoweverLongTheTasksTake() throws Exception {
    List<Long> due = Collections.synchronizedList(new ArrayList<>());
    OpenLoopScheduler.keep(
        1000,
        30,
        (i, at) -> {
          due.add(at);
          Thread.yield();
        });
    List<Long> sorted = due.stream().sorted().toList();
    assertThat(sorted).hasSize(30);
    assertThat(sorted.getLast() - sorted.getFirst()).isEqualTo(29_000_000);
  }

  @Test
  void failsIfATaskFailsButRunsTheOthers() {
    AtomicInteger ended = new AtomicInteger();
    assertThatThrownBy(() ->
            OpenLoopScheduler.keep(
                1000,
                10,
                (i, due) -> {
                  if (i == 3) {
                    throw new IllegalStateException("no answer");
                  }
                  ended.incrementAndGet();
                }))
        .isInstanceOf(IOException.class)
        .hasMessage("1 of 10 tasks failed, first with java.lang.IllegalStateException: no answer");
    assertThat(ended).hasValue(9);
  }

  @Test
  void startsTasksLateAtTheLimitSoThatTheirLatencyIncludesTheDelay() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicLong latest = new AtomicLong();
    OpenLoopScheduler.keep(
        1000,
        9,
        3,
        (i, due) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          latest.accumulateAndGet(System.nanoTime() - due, Math::max);
          LockSupport.parkNanos(50_000_000);
          running.decrementAndGet();
        });
    assertThat(most).hasValue(3);
    assertThat(latest.get()).isGreaterThan(50_000_000);
  }
}
