package holdfast.platform.postgres;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.springframework.core.NestedExceptionUtils;

/**
 * Classifies failures by SQLSTATE: whether a retry may help, and whether the connection is still
 * usable.
 */
public final class SqlFailure {

  private static final String READ_ONLY = "25006";
  private static final String STATEMENT_TIMEOUT = "57014";

  /** The server ended the session, because a transaction was idle or lasted too long. */
  private static final Set<String> ENDED = Set.of("25P03", "25P04");

  /**
   * The server is stopping, was killed, is starting, or is read-only. Or the work conflicted with
   * replay or with another transaction.
   */
  private static final Set<String> PASSING =
      Set.of("57P01", "57P02", "57P03", "57P05", READ_ONLY, "40001", "40P01");

  /** The server's routine that rejects an outdated plan. */
  private static final String LOOKS_AT_PLAN = "RevalidateCachedQuery";

  private SqlFailure() {}

  /** True if a retry on another connection may succeed. */
  public static boolean passes(SQLException failure) {
    // This is the pool's own failure: it had no connection in time. The SQLSTATE that the server
    // reported doesn't matter.
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
   * True if a prepared statement of the session is outdated or gone. Either a migration changed a
   * column of its result, or the statement was deallocated. The driver then prepares all statements
   * again.
   */
  public static boolean outdated(SQLException failure) {
    return switch (state(failure)) {
      case "26000" -> true;
      // 0A000 also means "not supported", where a retry doesn't help.
      case "0A000" ->
          failure instanceof PSQLException server
              && server.getServerErrorMessage() != null
              && LOOKS_AT_PLAN.equals(server.getServerErrorMessage().getRoutine());
      default -> false;
    };
  }

  /** True if another session held a lock for too long, or if two sessions were in a deadlock. */
  public static boolean lockedOut(SQLException failure) {
    return state(failure).equals("55P03") || state(failure).equals("40P01");
  }

  /** True if the session has ended, or the server no longer has the role that the pool needs. */
  public static boolean endsSession(SQLException failure) {
    String state = state(failure);
    return state.equals(READ_ONLY) || state.startsWith("57P") || ENDED.contains(state);
  }

  /** True if the statement timed out. An immediate retry would add to the load. */
  public static boolean overloaded(SQLException failure) {
    return state(failure).equals(STATEMENT_TIMEOUT);
  }

  /** True if the server lacks disk space, memory or connections. It did nothing. */
  public static boolean exhausted(SQLException failure) {
    // A pool without a connection repeats the server's SQLSTATE. That failure may pass, because
    // another server may have room.
    return !(failure instanceof SQLTransientConnectionException) && state(failure).startsWith("53");
  }

  /** True if no answer came. The server or the network path may be down. */
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
