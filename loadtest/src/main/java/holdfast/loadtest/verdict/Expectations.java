package holdfast.loadtest.verdict;

import org.jspecify.annotations.Nullable;

/**
 * What the drill promises.
 *
 * @param steps how many steps must have happened and been proved
 * @param failedReadsMax null when the drill promises nothing of it
 * @param p99MsMax null when the drill promises nothing of it
 */
public record Expectations(int steps, @Nullable Long failedReadsMax, @Nullable Long p99MsMax) {

  public boolean none() {
    return failedReadsMax == null && p99MsMax == null;
  }
}
