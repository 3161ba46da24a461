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
 * Refuses connections to a replica that has replayed more than the primary has written. Such a
 * replica has diverged: its position would satisfy every mark although its rows lack the user's
 * writes. The balancer's check of replicas finds it as well, but only once Patroni knows.
 *
 * <p>A connection is checked only when it opens. A replica can diverge only in crash recovery
 * without a primary, and no connection survives that. While the primary doesn't report its position
 * in time, connections are handed out unchecked, and stay so until the pool replaces them.
 */
final class CheckedReplicaDataSource extends DelegatingDataSource {

  private static final Logger log = LoggerFactory.getLogger(CheckedReplicaDataSource.class);

  private final Supplier<LogSequenceNumber> written;

  /**
   * The reasons for unchecked connections since the primary last reported its position. Each is
   * logged once.
   */
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /**
   * @param written how far the primary has written its log. If it throws {@link Unavailable}, the
   *     connection is handed out unchecked, because replicas serve while the primary is down.
   */
  CheckedReplicaDataSource(DataSource replicas, Supplier<LogSequenceNumber> written) {
    super(replicas);
    this.written = written;
  }

  /**
   * @throws SQLTransientConnectionException if the replica is ahead of the primary; the next
   *     attempt may reach another replica
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
    // The replica is asked first. The primary's later position is then never lower than that of a
    // good replica.
    LogSequenceNumber replayed = WalPositions.replayed(connection);
    LogSequenceNumber primary;
    try {
      primary = written.get();
    } catch (Unavailable e) {
      if (logged.add(String.valueOf(e.getReason()))) {
        log.info("connections to replicas are given unchecked: {}", e.getReason());
      }
      return;
    }
    logged.clear();
    if (primary.compareTo(replayed) < 0) {
      log.warn("refused a replica at {}: it is ahead of the primary", replayed.asString());
      throw new SQLTransientConnectionException("the replica is ahead of the primary");
    }
  }
}
