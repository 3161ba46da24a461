package holdfast.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MeasuresTest {

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

  @Test
  void sumsTheSamplesOfAMetricThatHaveTheLabel() {
    assertThat(Metrics.sum(PAGE, "holdfast_reads_total", "server=\"replica\"")).isEqualTo(12);
    assertThat(Metrics.sum(PAGE, "holdfast_reads_total", "")).isEqualTo(15);
    assertThat(Metrics.sum(PAGE, "holdfast_live_subscribers", "")).isEqualTo(500);
    assertThat(Metrics.sum(PAGE, "holdfast_absent", "")).isZero();
  }

  @Test
  void tellsWhatWasCountedMeanwhile() {
    assertThat(Metrics.since(Map.of("hit", 3L), Map.of("hit", 10L, "miss", 2L)))
        .isEqualTo(Map.of("hit", 7L, "miss", 2L));
  }

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

  @Test
  void refusesOptionsThatAreMissingMisspeltOrNoNumber() {
    Options options = new Options(List.of("rate=20", "nodes=http://a:1,http://b:2", "paris=3"));
    assertThat(options.number("rate")).isEqualTo(20);
    assertThat(options.uris("nodes")).hasSize(2);
    assertThatThrownBy(() -> options.number("pairs")).hasMessage("pairs= is missing");
    assertThatThrownBy(() -> options.number("nodes")).hasMessageContaining("is a number from 1");
    assertThatThrownBy(options::refuseUnused).hasMessage("there is no option paris=");
    assertThatThrownBy(() -> new Options(List.of("rate"))).hasMessage("rate is not NAME=VALUE");
  }
}
