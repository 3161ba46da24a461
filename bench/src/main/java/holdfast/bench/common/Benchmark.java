package holdfast.bench.common;

import java.io.IOException;

/** One benchmark; throws IOException when nothing could be measured. */
public interface Benchmark {
  Findings run(Options options) throws IOException, InterruptedException;
}
