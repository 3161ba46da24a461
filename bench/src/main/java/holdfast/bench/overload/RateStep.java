package holdfast.bench.overload;

import holdfast.bench.common.Latency;
import holdfast.loadtest.history.Request;
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
 * @param sent the number of requests that have a result
 * @param good the number of good answers
 * @param achieved good answers per second. They are counted over the duration of the step, or over
 *     the time from the first good answer to the last one if that is longer.
 * @param goodLatency the latency of good answers, from the due times
 * @param refused the number of answers with 503 and Retry-After
 * @param refusedLatency the latency of these answers, from the send times
 * @param failures the numbers of other results, by status or by the error of the connection
 * @param late how long after their due times JMeter sent the requests
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

  private static final long MILLIS = 1000;
  private static final long NANOS_OF_MILLI = 1_000_000;

  static RateStep of(int rate, int seconds, List<Request> requests) {
    List<Request> good = requests.stream().filter(Request::good).toList();
    List<Request> refused = requests.stream().filter(RateStep::isRefused).toList();
    Map<String, Long> failures =
        requests.stream()
            .filter(it -> !it.good() && !isRefused(it))
            .collect(Collectors.groupingBy(RateStep::failure, TreeMap::new, Collectors.counting()));
    return new RateStep(
        rate,
        requests.size(),
        good.size(),
        perSecond(good, seconds),
        latency(good, Request::latencyMs),
        refused.size(),
        latency(refused, request -> request.endMs() - request.sentMs()),
        failures,
        latency(requests, Request::lagMs));
  }

  String name() {
    return offered + " a second";
  }

  long failed() {
    return sent - good - refused;
  }

  /**
   * Whether JMeter sent the slowest percent of requests more than a second late. Then part of the
   * latency is JMeter's, not the system's.
   */
  boolean isGeneratorBehind() {
    Double p99 = late.p99Ms();
    return p99 != null && p99 > MILLIS;
  }

  /** The plan replaces the status message by this text. A 503 without the text is a failure. */
  private static boolean isRefused(Request request) {
    return request.code().equals("503") && request.failure().equals("with Retry-After");
  }

  private static String failure(Request request) {
    boolean isExplained = request.code().matches("200|503");
    return isExplained ? request.code() + " " + request.failure() : request.code();
  }

  private static double perSecond(List<Request> good, int seconds) {
    LongSummaryStatistics ends = good.stream().mapToLong(Request::endMs).summaryStatistics();
    long millis = good.isEmpty() ? 0 : ends.getMax() - ends.getMin();
    millis = Math.max(millis, seconds * MILLIS);
    return Math.round(good.size() * 10.0 * MILLIS / millis) / 10.0;
  }

  private static Latency latency(List<Request> requests, ToLongFunction<Request> millis) {
    return Latency.ofNanos(
        requests.stream().mapToLong(millis).map(ms -> Math.max(0, ms) * NANOS_OF_MILLI).toArray());
  }
}
