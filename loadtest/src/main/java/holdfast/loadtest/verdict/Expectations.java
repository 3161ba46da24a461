package holdfast.loadtest.verdict;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the drill promises.
 *
 * @param stepsAtS the second of the load at which each step is due; each must happen and be proved
 * @param failedReadsMax null when the drill promises nothing of it
 * @param failedWritesMax null when the drill promises nothing of it
 * @param p99MsMax null when the drill promises nothing of it
 */
public record Expectations(
    List<Double> stepsAtS,
    @Nullable Long failedReadsMax,
    @Nullable Long failedWritesMax,
    @Nullable Long p99MsMax) {

  public boolean none() {
    return failedReadsMax == null && failedWritesMax == null && p99MsMax == null;
  }
}
