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
 * What came of the requests of one rate.
 *
 * @param offered requests a second, as the schedule wanted them
 * @param sent how many have a result
 * @param good how many were answered well
 * @param achieved good answers a second, from the first to the last of them: over more than the
 *     step's length, when they were late
 * @param goodLatency of good answers, from when they were due
 * @param refused 503 with Retry-After
 * @param refusedLatency of these, from when they were sent: how soon the system says so
 * @param failures all others, by status or by what broke
 * @param late of all requests, how long after they were due the generator sent them
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

  /** What was measured is then the generator's own queue, and not the system's. */
  boolean isGeneratorBehind() {
    Double p99 = late.p99Ms();
    return p99 != null && p99 > MILLIS;
  }

  /** The plan notes it in place of the status in words: a 503 without it is a failure. */
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
