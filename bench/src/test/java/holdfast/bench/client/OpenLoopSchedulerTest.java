package holdfast.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenLoopSchedulerTest {

  @Test
  void keepsToTheScheduleHoweverLongTheWorkTakes() {
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
}
