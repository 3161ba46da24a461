package holdfast.bench.common;

import java.util.Collection;

/**
 * The median of some measurements. For an even number of measurements, it is the mean of the middle
 * two.
 */
public final class Median {

  private Median() {}

  public static double of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
