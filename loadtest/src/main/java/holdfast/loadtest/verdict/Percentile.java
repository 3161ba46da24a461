package holdfast.loadtest.verdict;

import org.jspecify.annotations.Nullable;

/** Percentiles by nearest rank: always a value that was measured, never one between two. */
public final class Percentile {

  private Percentile() {}

  /** The smallest value that at least {@code percent} of all values don't exceed. */
  public static @Nullable Long of(double percent, long[] sorted) {
    return sorted.length == 0 ? null : among(percent, sorted);
  }

  /** The same, where something was measured. */
  public static long among(double percent, long[] sorted) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }
}
