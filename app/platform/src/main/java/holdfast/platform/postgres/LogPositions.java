package holdfast.platform.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;

/** How far the log has come at the servers that connections lead to. */
public final class LogPositions {

  /** A commit is answered when the log is on disk up to it. */
  static final String WRITTEN = "SELECT pg_current_wal_flush_lsn()";

  /** A primary shows every write that was answered, and no other is waited for. */
  private static final String SHOWN =
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_flush_lsn() END
      """;

  /** Null on a primary. */
  private static final String REPLAYED = "SELECT pg_last_wal_replay_lsn()";

  private final Map<PGConnection, LogSequenceNumber> seen =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Past everything that the primary has committed so far. */
  public static LogSequenceNumber written(Connection connection) throws SQLException {
    // Without a transaction, which the pool would have to roll back by another round trip.
    connection.setAutoCommit(true);
    return ask(connection, WRITTEN);
  }

  /** How far a replica has replayed the log; {@code INVALID_LSN}, the lowest, on a primary. */
  public static LogSequenceNumber replayed(Connection connection) throws SQLException {
    return ask(connection, REPLAYED);
  }

  /** Whether the server shows all that was written so far; asked only until it did. */
  public boolean reached(Connection connection, LogSequenceNumber needed) throws SQLException {
    PGConnection physical = connection.unwrap(PGConnection.class);
    LogSequenceNumber last = seen.getOrDefault(physical, LogSequenceNumber.INVALID_LSN);
    if (last.compareTo(needed) < 0) {
      last = ask(connection, SHOWN);
      seen.put(physical, last);
    }
    return last.compareTo(needed) >= 0;
  }

  private static LogSequenceNumber ask(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(question)) {
      answer.next();
      String position = answer.getString(1);
      return position == null ? LogSequenceNumber.INVALID_LSN : LogSequenceNumber.valueOf(position);
    }
  }
}
