package holdfast.bench.search;

import holdfast.bench.common.Latency;
import holdfast.bench.common.Median;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happened to users who registered while others searched. {@link Newcomers} counts it.
 *
 * @param registered users who were registered
 * @param lookups good answers to searches for these users, 1 s after the replicas show them
 * @param stale answers among these that lacked the user
 * @param refused registrations and searches that were answered with 503
 * @param failed registrations and searches with any other answer, or with none
 * @param registration the latency of a registration, from the moment at which it was due
 * @param wrong the first stale answers and failures, with the request's id in the logs
 */
record Writes(
    long registered,
    long lookups,
    long stale,
    long refused,
    long failed,
    Latency registration,
    List<String> wrong) {

  /** The sums of all rounds, and the medians of their latencies. */
  static Writes sum(List<Writes> rounds) {
    return new Writes(
        sum(rounds, Writes::registered),
        sum(rounds, Writes::lookups),
        sum(rounds, Writes::stale),
        sum(rounds, Writes::refused),
        sum(rounds, Writes::failed),
        new Latency(
            median(rounds, Latency::p50Ms),
            median(rounds, Latency::p99Ms),
            median(rounds, Latency::maxMs)),
        rounds.stream().flatMap(it -> it.wrong().stream()).limit(Newcomers.MOST_TOLD).toList());
  }

  private static long sum(List<Writes> rounds, ToLongFunction<Writes> count) {
    return rounds.stream().mapToLong(count).sum();
  }

  private static @Nullable Double median(
      List<Writes> rounds, Function<Latency, @Nullable Double> figure) {
    List<Double> values =
        rounds.stream().map(Writes::registration).map(figure).filter(it -> it != null).toList();
    return values.isEmpty() ? null : Median.of(values);
  }
}
