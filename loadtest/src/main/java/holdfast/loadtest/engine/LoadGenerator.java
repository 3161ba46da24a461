package holdfast.loadtest.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** What sends a drill's requests. */
interface LoadGenerator {

  /** Runs a whole load that isn't judged, so that the services have compiled their code. */
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
     * @throws IOException if the load has ended; the message gives the reason
     */
    void mustRun() throws IOException;

    /**
     * Waits for the end of the load.
     *
     * @param left the time until the load's last request is due
     * @throws IOException if the load fails, or still runs long after its last request
     */
    void await(Duration left) throws IOException, InterruptedException;

    /** Ends the load at once. Does nothing if the load has ended already. */
    void end();
  }
}
