package holdfast.platform.db;

import holdfast.platform.errors.Unavailable;
import holdfast.platform.postgres.SqlFailure;
import holdfast.platform.retry.Backoff;
import holdfast.platform.retry.Deadline;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Repeats work on the database until an attempt succeeds or the deadline is over. This is the whole
 * retry policy: which failures are retried, in which order the servers are asked, when there is a
 * pause, and what the client is told if a retry can't help.
 */
final class RetryLoop {

  static final String SERVER = "the database";

  private RetryLoop() {}

  /**
   * Makes the attempts in turn, again and again. There is a pause after each failure, and after a
   * round in which no server could answer yet. If only one server can't answer yet, the next server
   * is asked at once.
   *
   * @throws Unavailable if no time is left for another attempt
   */
  @SafeVarargs
  static <T> T run(Deadline deadline, Attempt<T>... inTurn) {
    Backoff backoff = new Backoff(deadline, SERVER);
    while (true) {
      boolean paused = false;
      for (Attempt<T> attempt : inTurn) {
        try {
          Optional<T> result = attempt.run();
          if (result.isPresent()) {
            return result.get();
          }
        } catch (SQLException e) {
          backoff.pauseAfter(e);
          paused = true;
        }
      }
      if (!paused) {
        backoff.pauseAfter(new SQLException("no server has replayed the needed WAL"));
      }
    }
  }

  /** Returns the failure if another attempt may help. Otherwise throws the error for the caller. */
  static SQLException retryable(Exception failure) {
    SQLException sql = SqlFailure.in(failure);
    if (sql != null && SqlFailure.overloaded(sql)) {
      throw new Unavailable("the database took too long", failure);
    }
    if (sql != null && SqlFailure.exhausted(sql)) {
      throw new Unavailable("the database has no room for this", failure);
    }
    if (sql == null || !SqlFailure.passes(sql)) {
      throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
    return sql;
  }

  /** One attempt on one server. */
  @FunctionalInterface
  interface Attempt<T> {

    /**
     * Runs one attempt. The result is empty if the server works but can't answer yet.
     *
     * @throws SQLException if another attempt may help
     */
    Optional<T> run() throws SQLException;
  }
}
