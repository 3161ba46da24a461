package holdfast.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private static final String PAGE =
      """
      # HELP holdfast_reads_total by server
      # TYPE holdfast_reads_total counter
      holdfast_reads_total{application="core",server="replica"} 12.0
      holdfast_reads_total{application="core",server="primary"} 3.0
      holdfast_reads_total_other{server="replica"} 100.0
      holdfast_live_subscribers 5.0E2
      """;

  @Test
  void sumsTheSamplesOfAMetricThatHaveTheLabel() {
    assertThat(Metrics.sum(PAGE, "holdfast_reads_total", "server=\"replica\"")).isEqualTo(12);
    assertThat(Metrics.sum(PAGE, "holdfast_reads_total", "")).isEqualTo(15);
    assertThat(Metrics.sum(PAGE, "holdfast_live_subscribers", "")).isEqualTo(500);
    assertThat(Metrics.sum(PAGE, "holdfast_absent", "")).isZero();
  }

  @Test
  void givesTheIncreaseOfEachCount() {
    assertThat(Metrics.since(Map.of("hit", 3L), Map.of("hit", 10L, "miss", 2L)))
        .isEqualTo(Map.of("hit", 7L, "miss", 2L));
  }
}
