package holdfast.platform.db;

import com.zaxxer.hikari.HikariDataSource;
import holdfast.platform.errors.Unavailable;
import holdfast.platform.postgres.ServerAddresses;
import holdfast.platform.postgres.SqlFailure;
import holdfast.platform.postgres.WalPositions;
import holdfast.platform.request.RequestTrace;
import holdfast.platform.retry.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The connections to one address. Work is retried on another connection if its connection breaks.
 */
final class Pool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Pool.class);

  private final HikariDataSource connections;
  private final Duration socketTimeout;
  private final IdleEviction eviction;
  private final ServerAddresses addresses = new ServerAddresses();
  private final WalPositions positions = new WalPositions();

  Pool(HikariDataSource connections, Duration socketTimeout) {
    this.connections = connections;
    this.socketTimeout = socketTimeout;
    this.eviction = new IdleEviction(connections);
  }

  /**
   * Runs the work in one transaction. If it fails in a way that {@link RetryLoop} retries, it runs
   * again on another connection. The work may therefore run more than once.
   */
  <T> T read(Deadline deadline, Function<JdbcClient, T> work) {
    return untilDeadline(deadline, true, Session.committed(work));
  }

  /** Does the same as {@link #read}, with one statement and without an explicit transaction. */
  <T> T find(Deadline deadline, Function<JdbcClient, T> work) {
    return untilDeadline(deadline, true, Session.alone(work));
  }

  /**
   * Does the same as {@link #read} for work that writes. The result includes the WAL position after
   * the commit.
   */
  <T> CommitResult<T> write(Deadline deadline, Function<JdbcClient, T> work) {
    AtomicBoolean committing = new AtomicBoolean();
    try {
      return untilDeadline(
          deadline,
          false,
          connection -> {
            T result = work.apply(Session.client(connection));
            committing.set(true);
            connection.commit();
            return new CommitResult<>(result, WalPositions.written(connection));
          });
    } catch (Unavailable e) {
      throw committing.get() ? Unavailable.unknown(e) : e;
    }
  }

  /** The server's current WAL position. The server must be the primary. */
  LogSequenceNumber written() {
    if (!hasConnections()) {
      throw new Unavailable(RetryLoop.SERVER + " can't be reached at the moment");
    }
    try {
      return once(Deadline.in(socketTimeout), true, WalPositions::written);
    } catch (SQLException e) {
      throw new Unavailable(RetryLoop.SERVER + " doesn't report its WAL position", e);
    }
  }

  /**
   * Does the same as {@link #written}, but waits only for this time. The query may run longer.
   *
   * @throws Unavailable if there is no answer in time, for whatever reason
   */
  LogSequenceNumber writtenWithin(Duration limit) {
    try {
      return CompletableFuture.supplyAsync(this::written, Thread::startVirtualThread)
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Unavailable known
          ? known
          : new Unavailable(RetryLoop.SERVER + " doesn't report its WAL position", e);
    } catch (TimeoutException e) {
      throw new Unavailable(RetryLoop.SERVER + " doesn't report its WAL position in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the service is stopping", e);
    }
  }

  /** Runs the work in one transaction, without retries. */
  <T> T readOnce(Deadline deadline, Function<JdbcClient, T> work) throws SQLException {
    return once(deadline, true, Session.committed(work));
  }

  /**
   * Makes one attempt for {@link RetryLoop}. The result is empty if the server hasn't replayed the
   * needed WAL.
   *
   * @throws SQLException if another attempt may help
   */
  <T> Optional<T> tryAt(LogSequenceNumber needed, Deadline deadline, Session<T> session)
      throws SQLException {
    return attempt(
        deadline,
        true,
        connection ->
            positions.reached(connection, needed)
                ? Optional.of(session.with(connection))
                : Optional.empty());
  }

  private <T> T untilDeadline(Deadline deadline, boolean readOnly, Session<T> session) {
    return RetryLoop.run(deadline, () -> Optional.of(attempt(deadline, readOnly, session)));
  }

  private <T> T attempt(Deadline deadline, boolean readOnly, Session<T> session)
      throws SQLException {
    try {
      return once(deadline, readOnly, session);
    } catch (SQLException | DataAccessException e) {
      throw retryable(e);
    }
  }

  private <T> T once(Deadline deadline, boolean readOnly, Session<T> session) throws SQLException {
    RequestTrace trace = RequestTrace.current();
    trace.tries();
    try (Connection connection = connections.getConnection()) {
      // With only the driver's own timeout, the last attempt could outlast the deadline.
      connection.setNetworkTimeout(Runnable::run, shorter(socketTimeout, deadline.left()));
      connection.setReadOnly(readOnly);
      trace.asks(addresses.of(connection));
      T result = session.withRepreparing(connection);
      trace.answered();
      return result;
    }
  }

  /**
   * False if the pool has no connection, not even one in use. A request for one would probably wait
   * for the whole timeout.
   */
  boolean hasConnections() {
    return connections.getHikariPoolMXBean().getTotalConnections() > 0;
  }

  boolean answers() {
    try (Connection connection = connections.getConnection()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  /** Logs the failure and returns it if another attempt may help. Otherwise throws. */
  private SQLException retryable(Exception failure) {
    SQLException sql = SqlFailure.in(failure);
    if (sql != null && SqlFailure.exhausted(sql)) {
      log.warn("{}: SQLSTATE {}", connections.getPoolName(), SqlFailure.state(sql));
    }
    SQLException retryable = RetryLoop.retryable(failure);
    log.warn(
        "{}: {} failed with SQLSTATE {}",
        connections.getPoolName(),
        Objects.requireNonNullElse(RequestTrace.current().askedServer(), "getting a connection"),
        SqlFailure.state(retryable));
    if (SqlFailure.silent(retryable)) {
      eviction.evict();
    }
    return retryable;
  }

  private static int shorter(Duration timeout, Duration left) throws SQLException {
    if (!left.isPositive()) {
      throw new SQLTransientConnectionException("no time was left after the wait for a connection");
    }
    // The timeout 0 would mean to wait forever.
    return Math.toIntExact(Math.max(1, Math.min(timeout.toMillis(), left.toMillis())));
  }
}
