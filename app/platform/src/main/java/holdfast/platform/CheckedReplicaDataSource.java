package holdfast.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Gives no connection to a replica that has replayed more than the primary has written. Such a
 * replica holds a log of its own: its position would satisfy every mark while its rows lack the
 * user's writes. The balancer's check of replicas finds it as well, but only once Patroni knows.
 *
 * <p>One check per new connection is enough: a replica can diverge only in crash recovery without a
 * primary, and no connection survives that.
 */
final class CheckedReplicaDataSource extends DelegatingDataSource {

  private static final Logger log = LoggerFactory.getLogger(CheckedReplicaDataSource.class);

  private final Supplier<Optional<LogSequenceNumber>> written;

  /**
   * @param written how far the primary has written its log; empty if it doesn't say at once, and
   *     then the connection is given unchecked, because replicas serve while the primary is down
   */
  CheckedReplicaDataSource(DataSource replicas, Supplier<Optional<LogSequenceNumber>> written) {
    super(replicas);
    this.written = written;
  }

  /**
   * @throws SQLTransientConnectionException if the replica is ahead of the primary: another one may
   *     be had
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
    // Replica first: the primary's later answer is then never lower than a good replica's.
    LogSequenceNumber replayed = LogPositions.replayed(connection);
    if (written.get().filter(primary -> primary.compareTo(replayed) < 0).isPresent()) {
      log.warn("refused a replica at {}: it is ahead of the primary", replayed.asString());
      throw new SQLTransientConnectionException("the replica is ahead of the primary");
    }
  }
}
