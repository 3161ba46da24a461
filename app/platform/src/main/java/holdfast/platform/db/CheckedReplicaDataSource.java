package holdfast.platform.db;

import holdfast.platform.errors.Unavailable;
import holdfast.platform.postgres.WalPositions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Refuses connections to a replica that has replayed more WAL than the primary has written. Such a
 * replica has diverged. Its WAL position would satisfy every mark, although its rows lack users'
 * writes. HAProxy excludes such a replica as well, but only after Patroni has noticed it.
 *
 * <p>A connection is checked once, when it opens. That is enough: a replica diverges only in crash
 * recovery without a primary, and no connection survives crash recovery. If the primary doesn't
 * report its WAL position in time, the connection is used unchecked until the pool replaces it.
 */
final class CheckedReplicaDataSource extends DelegatingDataSource {

  private static final Logger log = LoggerFactory.getLogger(CheckedReplicaDataSource.class);

  private final Supplier<LogSequenceNumber> written;

  /**
   * The logged reasons why connections weren't checked. Each is logged only once, until the primary
   * reports its position again.
   */
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /**
   * @param written returns the primary's WAL position. If it throws {@link Unavailable}, the
   *     connection is used unchecked, because replicas serve reads while the primary is down.
   */
  CheckedReplicaDataSource(DataSource replicas, Supplier<LogSequenceNumber> written) {
    super(replicas);
    this.written = written;
  }

  /**
   * @throws SQLTransientConnectionException if the replica is ahead of the primary. The next
   *     attempt may reach another replica.
   */
  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = super.getConnection();
    try {
      refuseAhead(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void refuseAhead(Connection connection) throws SQLException {
    // The replica is asked before the primary. Otherwise a good replica could seem to be ahead of
    // the primary.
    LogSequenceNumber replayed = WalPositions.replayed(connection);
    LogSequenceNumber primary;
    try {
      primary = written.get();
    } catch (Unavailable e) {
      if (logged.add(String.valueOf(e.getReason()))) {
        log.info("connections to replicas are used unchecked: {}", e.getReason());
      }
      return;
    }
    logged.clear();
    if (primary.compareTo(replayed) < 0) {
      log.warn("refused a replica at {}, which is ahead of the primary", replayed.asString());
      throw new SQLTransientConnectionException("the replica is ahead of the primary");
    }
  }
}
