package holdfast.platform.postgres;

import holdfast.platform.retry.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Retries to connect to a server that is down, at short intervals. A pool that uses this data
 * source has a connection as soon as there is a new primary. HikariCP's own pauses double up to 5
 * s, and would delay the end of a failover.
 */
public final class RetryingDataSource extends DelegatingDataSource {

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Duration patience;

  /**
   * @param patience how long one call retries. It is long enough that the pool sees few failures.
   */
  public RetryingDataSource(DataSource server, Duration patience) {
    super(server);
    this.patience = patience;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Deadline end = Deadline.in(patience);
    while (true) {
      try {
        return super.getConnection();
      } catch (SQLException e) {
        if (!SqlFailure.passes(e) || end.left().compareTo(PAUSE) < 0) {
          throw e;
        }
        pauseAfter(e);
      }
    }
  }

  /** Does nothing, because the pool's limit is longer than the one configured for the server. */
  @Override
  public void setLoginTimeout(int seconds) {}

  private static void pauseAfter(SQLException failure) throws SQLException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
