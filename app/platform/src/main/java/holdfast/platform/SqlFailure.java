package holdfast.platform;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;

/** What a failure's SQLSTATE says about trying again, and about the connection it came from. */
final class SqlFailure {

  static final String READ_ONLY = "25006";
  private static final String STATEMENT_TIMEOUT = "57014";

  /**
   * The server is stopping, was killed or starts up; it is read only; a replay or lock conflict.
   */
  private static final Set<String> PASSING =
      Set.of("57P01", "57P02", "57P03", READ_ONLY, "40001", "40P01");

  private SqlFailure() {}

  /** True if the same work may succeed on another connection. */
  static boolean passes(SQLException failure) {
    // The pool's own word: no connection in time, whatever the server said meanwhile.
    if (failure instanceof SQLTransientConnectionException) {
      return true;
    }
    String state = state(failure);
    return state.startsWith("08") || PASSING.contains(state);
  }

  /** True if the database works but had no time for this: trying at once would add to its load. */
  static boolean overloaded(SQLException failure) {
    return state(failure).equals(STATEMENT_TIMEOUT);
  }

  /** True if the server has no disk, memory or connection left for this: it did nothing. */
  static boolean exhausted(SQLException failure) {
    // A pool that got no connection repeats the server's state: another server may have room.
    return !(failure instanceof SQLTransientConnectionException) && state(failure).startsWith("53");
  }

  /** True if nothing came back: the server, or the way to it, may be gone without a word. */
  static boolean silent(SQLException failure) {
    return failure instanceof SQLTransientConnectionException
        || NestedExceptionUtils.getMostSpecificCause(failure) instanceof SocketTimeoutException;
  }

  static @Nullable SQLException in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  static String state(SQLException failure) {
    return failure.getSQLState() == null ? "none" : failure.getSQLState();
  }
}
