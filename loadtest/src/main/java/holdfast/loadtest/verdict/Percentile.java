package holdfast.loadtest.verdict;

import org.jspecify.annotations.Nullable;

/**
 * Percentiles by nearest rank: the result is always a measured value, never an interpolated one.
 */
public final class Percentile {

  private Percentile() {}

  /**
   * The smallest value such that at least {@code percent} of all values don't exceed it; null
   * without values.
   */
  public static @Nullable Long of(double percent, long[] sorted) {
    return sorted.length == 0 ? null : among(percent, sorted);
  }

  /** Works as {@link #of}, but there must be at least one value. */
  public static long among(double percent, long[] sorted) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }
}
