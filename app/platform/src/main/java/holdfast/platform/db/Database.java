package holdfast.platform.db;

import holdfast.platform.db.ReadCounts.Reason;
import holdfast.platform.errors.Unavailable;
import holdfast.platform.redis.WriteMarks;
import holdfast.platform.request.RequestTrace;
import holdfast.platform.retry.Deadline;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database as the features use it. Reads go to the replicas, and writes go to the primary. Both
 * are retried while a server fails over, so work may run more than once.
 *
 * <p>A write may store marks. A read that names one of these marks shows the write: a replica
 * serves the read only if it has replayed the write. Otherwise the primary serves the read.
 */
public final class Database {

  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final Duration PRIMARY_READ_LIMIT = Duration.ofSeconds(1);

  private final Pool primary;
  private final Pool replicas;
  private final Duration deadline;
  private final Duration writeDeadline;
  private final WriteMarks marks;
  private final ReadCounts counts;

  Database(
      Pool primary,
      Pool replicas,
      Duration deadline,
      Duration writeDeadline,
      WriteMarks marks,
      ReadCounts counts) {
    this.primary = primary;
    this.replicas = replicas;
    this.deadline = deadline;
    this.writeDeadline = writeDeadline;
    this.marks = marks;
    this.counts = counts;
  }

  /** Reads from any replica, which may lag. */
  public <T> T read(Function<JdbcClient, T> work) {
    return replicas.read(readDeadline(), work);
  }

  /**
   * Reads with one statement, and retries until this deadline. A caller that streams its answer
   * gives each part its own {@link #newReadDeadline}.
   *
   * @param needed the WAL position that the server must show, or null for any replica
   */
  public <T> T readOne(
      @Nullable LogSequenceNumber needed, Deadline deadline, Function<JdbcClient, T> work) {
    return needed == null
        ? replicas.find(deadline, work)
        : at(needed, deadline, Session.alone(work));
  }

  /**
   * The WAL position that a server must have replayed to show all writes with these marks. If the
   * marks can't be read, it is the primary's newest position. The result is empty only if the
   * primary gives no answer either.
   */
  public Optional<LogSequenceNumber> needed(List<String> keys) {
    Optional<LogSequenceNumber> needed = marks.needed(keys);
    if (needed.isPresent()) {
      return needed;
    }
    try {
      LogSequenceNumber newest = primary.writtenWithin(PRIMARY_READ_LIMIT);
      counts.count(Reason.UNKNOWN);
      return Optional.of(newest);
    } catch (Unavailable e) {
      counts.count(Reason.UNPROVEN);
      return Optional.empty();
    }
  }

  /**
   * The deadline that all reads of the current request share. It counts from the request's first
   * work on the database or another service.
   */
  public Deadline readDeadline() {
    return RequestTrace.current().deadline(deadline);
  }

  /** A deadline for a read that begins now, independent of the request's earlier work. */
  public Deadline newReadDeadline() {
    return Deadline.in(deadline);
  }

  /** Reads a state that includes every write that stored one of these marks. */
  public <T> T read(List<String> keys, Function<JdbcClient, T> work) {
    Optional<LogSequenceNumber> needed = marks.needed(keys);
    return needed.isPresent() ? readAt(needed.get(), work) : readUnmarked(work);
  }

  /** Reads from a server that shows everything up to this WAL position. */
  public <T> T readAt(LogSequenceNumber needed, Function<JdbcClient, T> work) {
    return at(needed, readDeadline(), Session.committed(work));
  }

  /** Does the same as {@link #readAt}, with one statement. */
  public <T> T findAt(LogSequenceNumber needed, Function<JdbcClient, T> work) {
    return readOne(needed, readDeadline(), work);
  }

  /** Reads from the primary, or from a replica if the primary is unavailable. */
  public <T> T readNewest(Function<JdbcClient, T> work) {
    return onPrimary(work).orElseGet(() -> read(work));
  }

  /**
   * Reads with one statement. If a replica finds nothing, the row may be too new for it. The
   * primary is then asked once.
   */
  public <T> Optional<T> find(Function<JdbcClient, Optional<T>> work) {
    return orOfPrimary(replicas.find(readDeadline(), work), work);
  }

  /**
   * Does the same as {@link #find(Function)}. The result includes every write that stored one of
   * these marks.
   */
  public <T> Optional<T> find(List<String> keys, Function<JdbcClient, Optional<T>> work) {
    Optional<LogSequenceNumber> needed = marks.needed(keys);
    return needed.isPresent() ? orOfPrimary(findAt(needed.get(), work), work) : readUnmarked(work);
  }

  /**
   * Writes. If there is no primary, waits for a new one. The work must be repeatable, because it
   * runs again if the answer to a commit is lost.
   */
  public <T> T write(Function<JdbcClient, T> work) {
    return commit(List.of(), work).result();
  }

  /**
   * Does the same as {@link #write(Function)}, and stores these marks. Later reads that name one of
   * them show the write.
   */
  public <T> T write(List<String> keys, Function<JdbcClient, T> work) {
    return commit(keys, work).result();
  }

  /** Writes, stores these marks, and also returns the WAL position after the commit. */
  public <T> CommitResult<T> commit(List<String> keys, Function<JdbcClient, T> work) {
    CommitResult<T> written = primary.write(RequestTrace.current().deadline(writeDeadline), work);
    if (!marks.set(keys, written.lsn())) {
      new ReplicaCatchUpWait(primary).await(written.lsn(), () -> marks.set(keys, written.lsn()));
    }
    return written;
  }

  /**
   * Asks a replica and the primary in turn, until one of them shows everything up to this position.
   */
  private <T> T at(LogSequenceNumber needed, Deadline end, Session<T> session) {
    return RetryLoop.run(
        end,
        () -> counted(Reason.FRESH, replicas.tryAt(needed, end, session)),
        () -> counted(Reason.BEHIND, ofPrimary(end, session)));
  }

  private <T> Optional<T> ofPrimary(Deadline end, Session<T> session) throws SQLException {
    if (!primary.hasConnections()) {
      throw new SQLTransientConnectionException("the pool has no connection to the primary");
    }
    return primary.tryAt(LogSequenceNumber.INVALID_LSN, end, session);
  }

  private <T> Optional<T> counted(Reason reason, Optional<T> found) {
    found.ifPresent(result -> counts.count(reason));
    return found;
  }

  /** If the marks can't be read, only the primary is sure to show every write. */
  private <T> T readUnmarked(Function<JdbcClient, T> work) {
    Optional<T> newest = onPrimary(work);
    counts.count(newest.isPresent() ? Reason.UNKNOWN : Reason.UNPROVEN);
    return newest.orElseGet(() -> read(work));
  }

  private <T> Optional<T> orOfPrimary(Optional<T> found, Function<JdbcClient, Optional<T>> work) {
    return found.isPresent() ? found : onPrimary(work).flatMap(Function.identity());
  }

  private <T> Optional<T> onPrimary(Function<JdbcClient, T> work) {
    if (!primary.hasConnections()) {
      return Optional.empty();
    }
    try {
      return Optional.of(primary.readOnce(Deadline.in(PRIMARY_READ_LIMIT), work));
    } catch (SQLException | DataAccessException e) {
      log.info("the primary gave no answer, so a replica's answer is used");
      return Optional.empty();
    }
  }
}
