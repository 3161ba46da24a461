package holdfast.platform.postgres;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.springframework.core.NestedExceptionUtils;

/** What a failure's SQLSTATE says about trying again, and about the connection it came from. */
public final class SqlFailure {

  private static final String READ_ONLY = "25006";
  private static final String STATEMENT_TIMEOUT = "57014";

  /** The server ended the session, not the work: idle within its transaction, or too long in it. */
  private static final Set<String> ENDED = Set.of("25P03", "25P04");

  /**
   * The server is stopping, was killed or starts up; it is read only; a replay or lock conflict.
   */
  private static final Set<String> PASSING =
      Set.of("57P01", "57P02", "57P03", "57P05", READ_ONLY, "40001", "40P01");

  /** The server's routine that rejects an outdated plan. */
  private static final String LOOKS_AT_PLAN = "RevalidateCachedQuery";

  private SqlFailure() {}

  /** True if the same work may succeed on another connection. */
  public static boolean passes(SQLException failure) {
    // The pool's own word: no connection in time, whatever the server said meanwhile.
    if (failure instanceof SQLTransientConnectionException) {
      return true;
    }
    String state = state(failure);
    return state.startsWith("08")
        || PASSING.contains(state)
        || ENDED.contains(state)
        || outdated(failure);
  }

  /**
   * True if a prepared statement of the session is outdated or gone: a migration changed a column
   * of its result, or somebody deallocated it. The driver then prepares all of them again.
   */
  public static boolean outdated(SQLException failure) {
    return switch (state(failure)) {
      case "26000" -> true;
      // 0A000 also means "not supported", which no retry changes.
      case "0A000" ->
          failure instanceof PSQLException server
              && server.getServerErrorMessage() != null
              && LOOKS_AT_PLAN.equals(server.getServerErrorMessage().getRoutine());
      default -> false;
    };
  }

  /** True if another session held a lock for too long, or both waited for each other. */
  public static boolean lockedOut(SQLException failure) {
    return state(failure).equals("55P03") || state(failure).equals("40P01");
  }

  /** True if the session is over, or its server is no longer what the pool wants. */
  public static boolean endsSession(SQLException failure) {
    String state = state(failure);
    return state.equals(READ_ONLY) || state.startsWith("57P") || ENDED.contains(state);
  }

  /** True if the database works but had no time for this: trying at once would add to its load. */
  public static boolean overloaded(SQLException failure) {
    return state(failure).equals(STATEMENT_TIMEOUT);
  }

  /** True if the server has no disk, memory or connection left for this: it did nothing. */
  public static boolean exhausted(SQLException failure) {
    // A pool that got no connection repeats the server's state: another server may have room.
    return !(failure instanceof SQLTransientConnectionException) && state(failure).startsWith("53");
  }

  /** True if nothing came back: the server, or the way to it, may be gone without a word. */
  public static boolean silent(SQLException failure) {
    return failure instanceof SQLTransientConnectionException
        || NestedExceptionUtils.getMostSpecificCause(failure) instanceof SocketTimeoutException;
  }

  public static @Nullable SQLException in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  public static String state(SQLException failure) {
    return failure.getSQLState() == null ? "none" : failure.getSQLState();
  }
}
