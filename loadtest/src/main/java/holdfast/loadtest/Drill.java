package holdfast.loadtest;

import holdfast.loadtest.verdict.Expectations;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The drill as it stands in {@code drills/}: its promise in words, steps and expectations. */
record Drill(String name, String promise, List<JsonNode> steps, Expect expect) {

  static final Drill UNKNOWN = new Drill("unknown", "", List.of(), new Expect(null, null));

  /** Read strictly: a promise that nobody checks would be kept by every run. */
  record Expect(@Nullable Long failedReadsMax, @Nullable Long p99MsMax) {}

  Expectations expectations() {
    return new Expectations(steps.size(), expect.failedReadsMax(), expect.p99MsMax());
  }
}
