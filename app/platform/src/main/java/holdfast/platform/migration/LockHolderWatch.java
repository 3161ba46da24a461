package holdfast.platform.migration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Records which session blocks the migration. After the migration has given up, the server can no
 * longer tell.
 */
final class LockHolderWatch implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final String WAITING =
      """
      SELECT format('%s is locked by pid %s, login %s, application %s, %s, its transaction open since %s',
        coalesce(wanted.relation::regclass::text, wanted.locktype), holder.pid, holder.usename,
        quote_literal(holder.application_name), holder.state, holder.xact_start)
      FROM pg_stat_activity AS waiting
      JOIN pg_locks AS wanted ON wanted.pid = waiting.pid AND NOT wanted.granted
      CROSS JOIN unnest(pg_blocking_pids(waiting.pid)) AS blocking
      JOIN pg_stat_activity AS holder ON holder.pid = blocking
      WHERE waiting.application_name = ? LIMIT 1
      """;

  private final PGSimpleDataSource server;
  private final Thread thread;
  private volatile String blocker = "a lock wasn't available in time";

  /**
   * @param server the settings of the migration's session. Its application name identifies the
   *     session.
   */
  LockHolderWatch(PGSimpleDataSource server) {
    this.server = server;
    this.thread = Thread.ofVirtual().start(this::watch);
  }

  String blocker() {
    return blocker;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void watch() {
    try (Connection connection = server.getConnection();
        PreparedStatement waiting = connection.prepareStatement(WAITING)) {
      waiting.setString(1, server.getApplicationName());
      while (!Thread.currentThread().isInterrupted()) {
        look(waiting);
        Thread.sleep(PAUSE);
      }
    } catch (SQLException e) {
      // The migration meets the same error, and reports it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(PreparedStatement waiting) throws SQLException {
    try (ResultSet found = waiting.executeQuery()) {
      if (found.next()) {
        blocker = found.getString(1);
      }
    }
  }
}
