package holdfast.bench.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyTest {

  @Test
  void givesPercentilesInMilliseconds() {
    long[] nanos = LongStream.rangeClosed(1, 200).map(i -> i * 1_234_567).toArray();
    assertThat(Latency.ofNanos(nanos)).isEqualTo(new Latency(123.46, 244.44, 246.91));
  }

  @Test
  void sortsBeforeItCounts() {
    List<Long> nanos = new ArrayList<>(List.of(9_000_000L, 1_000_000L, 5_000_000L));
    assertThat(Latency.ofNanos(nanos)).isEqualTo(new Latency(5.0, 9.0, 9.0));
    assertThat(Latency.ofNanos(Collections.emptyList())).hasToString("nothing measured");
  }
}
