package holdfast.platform.postgres;

import holdfast.platform.retry.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Asks again, often, for a connection to a server that isn't there at the moment. A pool that fills
 * itself from this has one as soon as there is a new primary: HikariCP's own pauses between its
 * attempts double up to 10 s, all of which a failover would last longer.
 */
public final class RetryingDataSource extends DelegatingDataSource {

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Duration patience;

  /**
   * @param patience how long one connection may take; long enough that few failures reach the pool
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

  /** Does nothing: the pool's own limit is longer than that which the server has been given. */
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
