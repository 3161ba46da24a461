package holdfast.loadtest.bench;

import java.io.IOException;

/** One benchmark; throws IOException when nothing could be measured. */
interface Benchmark {
  Findings run(Options options) throws IOException, InterruptedException;
}
