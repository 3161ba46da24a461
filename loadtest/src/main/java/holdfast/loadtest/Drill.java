package holdfast.loadtest;

import holdfast.loadtest.verdict.Expectations;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The drill as it stands in {@code drills/}: its promise in words, seconds of the steps,
 * expectations.
 */
record Drill(String name, String promise, List<Double> stepsAtS, Expect expect) {

  static final Drill UNKNOWN = new Drill("unknown", "", List.of(), new Expect(null, null, null));

  /** Read strictly: a promise that nobody checks would be kept by every run. */
  record Expect(
      @Nullable Long failedReadsMax, @Nullable Long failedWritesMax, @Nullable Long p99MsMax) {}

  Expectations expectations() {
    return new Expectations(
        stepsAtS, expect.failedReadsMax(), expect.failedWritesMax(), expect.p99MsMax());
  }
}
