package holdfast.bench.common;

import holdfast.loadtest.verdict.Percentile;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Percentiles of latency in milliseconds. They are null if nothing was measured. */
public record Latency(@Nullable Double p50Ms, @Nullable Double p99Ms, @Nullable Double maxMs) {

  private static final double NANOS = 1e6;

  public static Latency ofNanos(Collection<Long> nanos) {
    return ofNanos(nanos.stream().mapToLong(Long::longValue).toArray());
  }

  public static Latency ofNanos(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latency(at(50, sorted), at(99, sorted), at(100, sorted));
  }

  private static @Nullable Double at(double percent, long[] sorted) {
    Long nanos = Percentile.of(percent, sorted);
    return nanos == null ? null : Math.round(nanos / NANOS * 100) / 100.0;
  }

  @Override
  public String toString() {
    return p50Ms == null
        ? "nothing measured"
        : String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms, max %.1f ms", p50Ms, p99Ms, maxMs);
  }
}
