package holdfast.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.bench.client.Exchange;
import holdfast.bench.client.OpenLoopClient;
import holdfast.bench.common.Latency;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of a step of two seconds with ten requests a second. */
class RateStepTest {

  private final List<Exchange> exchanges = new ArrayList<>();

  @BeforeEach
  void withoutFault() {
    for (int i = 0; i < 20; i++) {
      exchanges.add(exchange(i * 100, 2, 10 + i, SearchJudge.GOOD));
    }
  }

  @Test
  void countsLatencyFromTheDueTime() {
    assertThat(step().goodLatency()).isEqualTo(new Latency(21.0, 31.0, 31.0));
    assertThat(step().late()).isEqualTo(new Latency(2.0, 2.0, 2.0));
    assertThat(step().achieved()).isEqualTo(10);
    assertThat(step().isGeneratorBehind()).isFalse();
  }

  @Test
  void countsLateAnswersOverALongerTime() {
    exchanges.set(19, exchange(1900, 100, 2110, SearchJudge.GOOD));
    assertThat(step().goodLatency().maxMs()).isEqualTo(2210);
    assertThat(step().achieved()).isEqualTo(4.9);
  }

  @Test
  void countsRefusalsFromTheSendTime() {
    exchanges.set(18, exchange(1800, 400, 5, SearchJudge.REFUSED));
    exchanges.set(19, exchange(1900, 400, 7, SearchJudge.REFUSED));
    assertThat(step().good()).isEqualTo(18);
    assertThat(step().refused()).isEqualTo(2);
    assertThat(step().failed()).isZero();
    assertThat(step().refusedLatency()).isEqualTo(new Latency(5.0, 7.0, 7.0));
  }

  @Test
  void tellsRequestsThatWereNotSentFromFailures() {
    exchanges.set(18, exchange(1800, 0, 0, OpenLoopClient.NO_CONNECTION));
    exchanges.set(19, exchange(1900, 0, 5, "502"));
    assertThat(step().sent()).isEqualTo(19);
    assertThat(step().failures()).containsOnlyKeys("502").containsValue(1L);
  }

  @Test
  void noticesThatTheGeneratorWasLate() {
    exchanges.set(19, exchange(1900, 1001, 7, SearchJudge.GOOD));
    assertThat(step().isGeneratorBehind()).isTrue();
  }

  private RateStep step() {
    return RateStep.of(10, 2, exchanges);
  }

  private static Exchange exchange(long due, long late, long took, String outcome) {
    long milli = 1_000_000;
    return new Exchange(due * milli, (due + late) * milli, (due + late + took) * milli, outcome);
  }
}
