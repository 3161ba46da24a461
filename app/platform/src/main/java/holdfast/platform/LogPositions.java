package holdfast.platform;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.replication.LogSequenceNumber;

/** How far PostgreSQL's log has come, as one server sees it. */
final class LogPositions {

  private LogPositions() {}

  /** Past everything that the primary has committed so far. */
  static LogSequenceNumber written(Connection connection) throws SQLException {
    // Without a transaction, which the pool would have to roll back by another round trip.
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("SELECT pg_current_wal_lsn()")) {
      answer.next();
      return LogSequenceNumber.valueOf(answer.getString(1));
    }
  }
}
