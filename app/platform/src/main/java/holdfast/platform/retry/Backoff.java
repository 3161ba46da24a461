package holdfast.platform.retry;

import holdfast.platform.errors.Unavailable;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The growing pauses between the attempts of one piece of work, up to its deadline. */
public final class Backoff {

  private static final long FIRST_MILLIS = 20;
  private static final long LONGEST_MILLIS = 320;

  private final Deadline deadline;
  private final String server;
  private long pauseMillis = FIRST_MILLIS;

  /**
   * @param server the name of the server for the client's error message
   */
  public Backoff(Deadline deadline, String server) {
    this.deadline = deadline;
    this.server = server;
  }

  /**
   * Sleeps before the next attempt.
   *
   * @throws Unavailable if no time is left for another attempt
   */
  public void pauseAfter(Exception failure) {
    // Jitter: requests that failed together must not retry together.
    long pause = ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis + 1);
    if (deadline.left().toMillis() <= pause) {
      throw new Unavailable(server + " can't be reached at the moment", failure);
    }
    sleep(pause);
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_MILLIS);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the service is stopping", e);
    }
  }
}
