package holdfast.loadtest.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PercentileTest {

  @Test
  void isTheValueAtTheNearestRank() {
    long[] values = LongStream.rangeClosed(1, 600).toArray();
    assertThat(Percentile.of(50, values)).isEqualTo(300);
    assertThat(Percentile.of(99, values)).isEqualTo(594);
    assertThat(Percentile.of(100, values)).isEqualTo(600);
  }

  @Test
  void isAlwaysAMeasuredValue() {
    assertThat(Percentile.of(50, new long[] {10, 20})).isEqualTo(10);
    assertThat(Percentile.of(51, new long[] {10, 20})).isEqualTo(20);
    assertThat(Percentile.of(99, new long[] {7})).isEqualTo(7);
  }

  @Test
  void isUnknownWithoutValues() {
    assertThat(Percentile.of(99, new long[0])).isNull();
  }
}
