package holdfast.loadtest.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** What sends a drill's requests. */
interface LoadGenerator {

  /** Sends a load that isn't judged, to its end, so that the services have compiled their code. */
  void warmUp(Path folder) throws IOException, InterruptedException;

  /** How long before its first request a load must be started. */
  Duration lead(DrillSpec.Load load);

  /**
   * Starts a load whose first request is due at {@code startMs}.
   *
   * @throws IOException if it doesn't start
   */
  Running start(DrillSpec.Load load, Path folder, long startMs)
      throws IOException, InterruptedException;

  /** A load that was started. */
  interface Running {

    /**
     * @throws IOException if it has ended, with the reason
     */
    void mustRun() throws IOException;

    /**
     * Waits for its end.
     *
     * @param left until its last request is due
     * @throws IOException if it fails, or still runs long after its last request
     */
    void await(Duration left) throws IOException, InterruptedException;

    /** Ends it at once; nothing happens if it has ended. */
    void end();
  }
}
