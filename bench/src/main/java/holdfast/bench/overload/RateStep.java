package holdfast.bench.overload;

import holdfast.bench.client.Exchange;
import holdfast.bench.client.OpenLoopClient;
import holdfast.bench.common.Latency;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The results of the requests at one rate.
 *
 * @param offered the planned requests per second
 * @param sent the number of requests that were sent
 * @param good the number of good answers
 * @param achieved good answers per second. They are counted over the duration of the step, or over
 *     the time from the first good answer to the last one if that is longer.
 * @param goodLatency the latency of good answers, from the due times
 * @param refused the number of answers with 503 and Retry-After
 * @param refusedLatency the latency of these answers, from the send times
 * @param failures the numbers of other results, by status or by the error of the connection
 * @param late how long after their due times the load generator sent the requests
 */
record RateStep(
    int offered,
    int sent,
    int good,
    double achieved,
    Latency goodLatency,
    int refused,
    Latency refusedLatency,
    Map<String, Long> failures,
    Latency late) {

  private static final double SECOND_NANOS = 1e9;
  private static final long MOST_LATE_MS = 1000;

  static RateStep of(int rate, int seconds, List<Exchange> exchanges) {
    List<Exchange> good = with(exchanges, SearchJudge.GOOD);
    List<Exchange> refused = with(exchanges, SearchJudge.REFUSED);
    Map<String, Long> others =
        exchanges.stream()
            .collect(Collectors.groupingBy(Exchange::outcome, TreeMap::new, Collectors.counting()));
    others.remove(SearchJudge.GOOD);
    others.remove(SearchJudge.REFUSED);
    Long unsent = others.remove(OpenLoopClient.NO_CONNECTION);
    return new RateStep(
        rate,
        exchanges.size() - (unsent == null ? 0 : unsent.intValue()),
        good.size(),
        perSecond(good, seconds),
        latency(good, Exchange::latencyNanos),
        refused.size(),
        latency(refused, it -> it.endNanos() - it.sentNanos()),
        others,
        latency(exchanges, Exchange::lagNanos));
  }

  String name() {
    return offered + " a second";
  }

  long failed() {
    return sent - good - refused;
  }

  /**
   * Whether the load generator sent at least one percent of the requests more than a second late.
   * Then part of the latency is the generator's, not the system's.
   */
  boolean isGeneratorBehind() {
    Double p99 = late.p99Ms();
    return p99 != null && p99 > MOST_LATE_MS;
  }

  private static List<Exchange> with(List<Exchange> exchanges, String outcome) {
    return exchanges.stream().filter(it -> it.outcome().equals(outcome)).toList();
  }

  private static double perSecond(List<Exchange> good, int seconds) {
    LongSummaryStatistics ends = good.stream().mapToLong(Exchange::endNanos).summaryStatistics();
    double taken = good.isEmpty() ? 0 : (ends.getMax() - ends.getMin()) / SECOND_NANOS;
    return Math.round(good.size() * 10.0 / Math.max(taken, seconds)) / 10.0;
  }

  private static Latency latency(List<Exchange> exchanges, ToLongFunction<Exchange> nanos) {
    return Latency.ofNanos(exchanges.stream().mapToLong(nanos).toArray());
  }
}
