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
 * @param sent how many requests have a result
 * @param good how many got a good answer
 * @param achieved good answers per second, over the time from the first to the last of them; that
 *     is longer than the step if answers were late
 * @param goodLatency of good answers, from their due time
 * @param refused how many got a 503 with Retry-After
 * @param refusedLatency of refusals, from their send time: how fast the system refuses
 * @param failures how many others there were, by status or by what broke
 * @param late how long after its due time the generator sent a request
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

  /** If so, the measured latency is partly the generator's own queue, not the system's. */
  boolean isGeneratorBehind() {
    Double p99 = late.p99Ms();
    return p99 != null && p99 > MILLIS;
  }

  /** The plan writes this text in place of the status message. A 503 without it is a failure. */
  private static boolean isRefused(Request request) {
    return request.code().equals("503") && request.failure().equals("with Retry-After");
  }

  private static String failure(Request request) {
    boolean speaks = request.code().matches("200|503");
    return speaks ? request.code() + " " + request.failure() : request.code();
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
