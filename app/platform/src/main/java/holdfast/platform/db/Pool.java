package holdfast.platform.db;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import holdfast.platform.errors.Unavailable;
import holdfast.platform.postgres.LogPositions;
import holdfast.platform.postgres.ServerAddresses;
import holdfast.platform.postgres.SqlFailure;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The connections to one address, and transactions that are retried when one of them breaks. */
final class Pool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Pool.class);

  private static final Duration EVICT_AT_MOST_EVERY = Duration.ofSeconds(1);

  private final HikariDataSource connections;
  private final Duration socketTimeout;
  private final AtomicLong lastEviction =
      new AtomicLong(System.nanoTime() - EVICT_AT_MOST_EVERY.toNanos());
  private final ServerAddresses addresses = new ServerAddresses();
  private final LogPositions positions = new LogPositions();

  Pool(HikariDataSource connections, Duration socketTimeout) {
    this.connections = connections;
    this.socketTimeout = socketTimeout;
  }

  /**
   * Runs the work in one transaction, and again on another connection if it fails in a way that
   * {@link RetryLoop} retries. The work may therefore run more than once.
   */
  <T> T read(Deadline deadline, Function<JdbcClient, T> work) {
    return untilDeadline(deadline, true, connection -> committed(connection, work));
  }

  /** Does the same for work of one statement, which needs no explicit transaction. */
  <T> T find(Deadline deadline, Function<JdbcClient, T> work) {
    return untilDeadline(deadline, true, connection -> alone(connection, work));
  }

  /** Does the same for work that writes, and reads the log's position after the commit. */
  <T> CommitResult<T> write(Deadline deadline, Function<JdbcClient, T> work) {
    AtomicBoolean committing = new AtomicBoolean();
    try {
      return untilDeadline(
          deadline,
          false,
          connection -> {
            T result = work.apply(client(connection));
            committing.set(true);
            connection.commit();
            return new CommitResult<>(result, LogPositions.written(connection));
          });
    } catch (Unavailable e) {
      throw committing.get() ? Unavailable.unknown(e) : e;
    }
  }

  /** The current log position of the server, which must be the primary. */
  LogSequenceNumber written() {
    if (!hasConnections()) {
      throw new Unavailable(RetryLoop.SERVER + " can't be reached at the moment");
    }
    try {
      return once(Deadline.in(socketTimeout), true, LogPositions::written);
    } catch (SQLException e) {
      throw new Unavailable(RetryLoop.SERVER + " doesn't say how far it is", e);
    }
  }

  /**
   * Does the same as {@link #written} within this limit. The query may keep running.
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
          : new Unavailable(RetryLoop.SERVER + " doesn't say how far it is", e);
    } catch (TimeoutException e) {
      throw new Unavailable(RetryLoop.SERVER + " doesn't say in time how far it is", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the service is stopping", e);
    }
  }

  /** Runs the work in one transaction, without retries. */
  <T> T readOnce(Deadline deadline, Function<JdbcClient, T> work) throws SQLException {
    return once(deadline, true, connection -> committed(connection, work));
  }

  /**
   * Makes one attempt for {@link RetryLoop}; empty if the server hasn't replayed what is needed.
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
      // The driver's own timeout would let the last attempt outlive the deadline.
      connection.setNetworkTimeout(Runnable::run, shorter(socketTimeout, deadline.left()));
      connection.setReadOnly(readOnly);
      trace.asks(addresses.of(connection));
      T result = preparedAnew(connection, session);
      trace.answered();
      return result;
    }
  }

  /**
   * Repeats the work on the same connection if a migration outdated its prepared statements. The
   * driver prepares them again; another connection of the pool may fail the same way.
   */
  private static <T> T preparedAnew(Connection connection, Session<T> session) throws SQLException {
    try {
      return session.with(connection);
    } catch (SQLException | DataAccessException e) {
      SQLException sql = SqlFailure.in(e);
      if (sql == null || !SqlFailure.outdated(sql)) {
        throw e;
      }
      // In auto-commit mode there is nothing to roll back, and JDBC forbids it.
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      return session.with(connection);
    }
  }

  /** Runs work of one statement. Without BEGIN and COMMIT it takes one round trip less. */
  static <T> T alone(Connection connection, Function<JdbcClient, T> work) throws SQLException {
    connection.setAutoCommit(true);
    return work.apply(client(connection));
  }

  static <T> T committed(Connection connection, Function<JdbcClient, T> work) throws SQLException {
    T result = work.apply(client(connection));
    connection.commit();
    return result;
  }

  private static JdbcClient client(Connection connection) {
    return JdbcClient.create(new SingleConnectionDataSource(connection, true));
  }

  /**
   * False if the address gave no connection lately. Waiting for one would only take the whole
   * timeout.
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

  /** Logs the failure and returns it if another attempt may help; otherwise throws. */
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
      evictIdle();
    }
    return retryable;
  }

  /**
   * Evicts idle connections after a silent failure. Connections to a silent server all hang, and
   * without this the pool would find each of them by a timeout. An idle connection that can't be
   * used is a sign of that; under load there are no idle connections.
   */
  private void evictIdle() {
    long now = System.nanoTime();
    long last = lastEviction.get();
    HikariPoolMXBean pool = connections.getHikariPoolMXBean();
    if (now - last > EVICT_AT_MOST_EVERY.toNanos()
        && pool.getIdleConnections() > 0
        && lastEviction.compareAndSet(last, now)) {
      pool.softEvictConnections();
    }
  }

  private static int shorter(Duration timeout, Duration left) throws SQLException {
    if (!left.isPositive()) {
      throw new SQLTransientConnectionException("no time left after waiting for a connection");
    }
    // A timeout of 0 would mean to wait forever.
    return Math.toIntExact(Math.max(1, Math.min(timeout.toMillis(), left.toMillis())));
  }

  /** Work on one connection. */
  @FunctionalInterface
  interface Session<T> {
    T with(Connection connection) throws SQLException;
  }
}
