package holdfast.bench.common;

import java.io.IOException;

/** One benchmark. It throws IOException if nothing could be measured. */
public interface Benchmark {
  Findings run(Options options) throws IOException, InterruptedException;
}
