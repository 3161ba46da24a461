package holdfast.platform.db;

import holdfast.platform.errors.Unavailable;
import holdfast.platform.postgres.SqlFailure;
import holdfast.platform.retry.Backoff;
import holdfast.platform.retry.Deadline;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Repeats work on the database until an attempt succeeds or the deadline is over. This is the whole
 * retry policy: which failures are retried, in which order the servers are asked, when a pause is
 * made, and what the client is told when no retry may help.
 */
final class RetryLoop {

  static final String SERVER = "the database";

  private RetryLoop() {}

  /**
   * Makes one attempt after the other, and begins with the first again after the last. There is a
   * pause after a failure, but none after a server that can't answer yet.
   *
   * @throws Unavailable if no time is left for another attempt
   */
  @SafeVarargs
  static <T> T run(Deadline deadline, Attempt<T>... inTurn) {
    Backoff backoff = new Backoff(deadline, SERVER);
    for (int turn = 0; ; turn = (turn + 1) % inTurn.length) {
      try {
        Optional<T> result = inTurn[turn].run();
        if (result.isPresent()) {
          return result.get();
        }
      } catch (SQLException e) {
        backoff.pauseAfter(e);
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
     * Runs one attempt. The result is empty if the server works but can't answer yet; the next
     * server is asked at once.
     *
     * @throws SQLException if another attempt may help
     */
    Optional<T> run() throws SQLException;
  }
}
