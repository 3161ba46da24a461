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

/** Reads the WAL positions of the servers behind the connections. */
public final class WalPositions {

  /** The end of the WAL on disk. A commit is acknowledged only when its WAL is on disk. */
  static final String WRITTEN = "SELECT pg_current_wal_flush_lsn()";

  /**
   * The position up to which the server shows every write. The primary shows every acknowledged
   * write, and no read needs an unacknowledged one.
   */
  private static final String SHOWN =
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_flush_lsn() END
      """;

  /** The result is null on a server that has replayed nothing since its start. */
  private static final String REPLAYED = "SELECT pg_last_wal_replay_lsn()";

  private final Map<PGConnection, LogSequenceNumber> seen =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** A WAL position after everything that the primary has committed so far. */
  public static LogSequenceNumber written(Connection connection) throws SQLException {
    // In a transaction, the pool would have to roll back, which takes another round trip.
    connection.setAutoCommit(true);
    return ask(connection, WRITTEN);
  }

  /**
   * The position up to which a replica has replayed the WAL. On the primary, the result is the end
   * of its last recovery, or else {@code INVALID_LSN}, the lowest position.
   */
  public static LogSequenceNumber replayed(Connection connection) throws SQLException {
    return ask(connection, REPLAYED);
  }

  /**
   * True if the server shows everything up to this position. The last known position of each
   * connection is kept, and is read again only if it is too low.
   */
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
