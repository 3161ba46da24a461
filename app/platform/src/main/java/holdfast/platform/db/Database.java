package holdfast.platform.db;

import holdfast.platform.db.ReadCounts.Reason;
import holdfast.platform.redis.WriteMarks;
import holdfast.platform.request.RequestTrace;
import holdfast.platform.retry.Deadline;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database as the features see it: reads go to the replicas, writes to the primary, and both
 * are tried again while a server fails over. Work given to it may therefore run more than once.
 *
 * <p>A write may leave marks, and a read that names one of them shows that write: from a replica
 * that has replayed it, otherwise from the primary.
 */
public final class Database {

  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final Duration SECOND_OPINION = Duration.ofSeconds(1);

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

  /** From any replica, as far as it has come. */
  public <T> T read(Function<JdbcClient, T> work) {
    return replicas.read(readDeadline(), work);
  }

  /**
   * Does the same by one statement, until this deadline: a caller that streams its answer gives
   * each part a {@link #newReadDeadline} of its own.
   */
  public <T> T readOne(Deadline deadline, Function<JdbcClient, T> work) {
    return replicas.find(deadline, work);
  }

  /** The deadline of all reads of the current request together, from its first one on. */
  public Deadline readDeadline() {
    return RequestTrace.current().deadline(deadline);
  }

  /** A deadline for a read that begins now, whatever the request has done before. */
  public Deadline newReadDeadline() {
    return Deadline.in(deadline);
  }

  /** As it is after the last write with one of these marks. */
  public <T> T read(List<String> keys, Function<JdbcClient, T> work) {
    Optional<LogSequenceNumber> needed = marks.needed(keys);
    return needed.isPresent() ? readAt(needed.get(), work) : readUnmarked(work);
  }

  /** As it is when the log has come so far, or later. */
  public <T> T readAt(LogSequenceNumber needed, Function<JdbcClient, T> work) {
    return at(needed, connection -> Pool.committed(connection, work));
  }

  /** The same by one statement. */
  public <T> T findAt(LogSequenceNumber needed, Function<JdbcClient, T> work) {
    return at(needed, connection -> Pool.alone(connection, work));
  }

  /** As it is now, as the primary knows it; if that isn't there, as a replica does. */
  public <T> T readNewest(Function<JdbcClient, T> work) {
    return onPrimary(work).orElseGet(() -> read(work));
  }

  /**
   * By one statement. A replica may lag behind what was just written: what it lacks is asked of the
   * primary once.
   */
  public <T> Optional<T> find(Function<JdbcClient, Optional<T>> work) {
    return orOfPrimary(replicas.find(readDeadline(), work), work);
  }

  /** The same; what is there is shown as it is after the last write with one of these marks. */
  public <T> Optional<T> find(List<String> keys, Function<JdbcClient, Optional<T>> work) {
    Optional<LogSequenceNumber> needed = marks.needed(keys);
    return needed.isPresent() ? orOfPrimary(findAt(needed.get(), work), work) : readUnmarked(work);
  }

  /**
   * Waits for a new primary if there is none. The work must be repeatable: a commit whose answer
   * was lost is done again.
   */
  public <T> T write(Function<JdbcClient, T> work) {
    return commit(List.of(), work).result();
  }

  /** The same; reads that name one of these marks show it from now on. */
  public <T> T write(List<String> keys, Function<JdbcClient, T> work) {
    return commit(keys, work).result();
  }

  /** The same, for those who tell others what they must have replayed to see it. */
  public <T> CommitResult<T> commit(List<String> keys, Function<JdbcClient, T> work) {
    CommitResult<T> written = primary.write(RequestTrace.current().deadline(writeDeadline), work);
    if (!marks.set(keys, written.lsn())) {
      new ReplicaCatchUpWait(primary).await(written.lsn(), () -> marks.set(keys, written.lsn()));
    }
    return written;
  }

  /** Asks a replica and the primary in turn, until one of them shows what is needed. */
  private <T> T at(LogSequenceNumber needed, Pool.Session<T> session) {
    Deadline end = readDeadline();
    return RetryLoop.run(
        end,
        () -> counted(Reason.FRESH, replicas.tryAt(needed, end, session)),
        () -> counted(Reason.BEHIND, ofPrimary(end, session)));
  }

  private <T> Optional<T> ofPrimary(Deadline end, Pool.Session<T> session) throws SQLException {
    if (!primary.hasConnections()) {
      throw new SQLTransientConnectionException("the primary is away");
    }
    return primary.tryAt(LogSequenceNumber.INVALID_LSN, end, session);
  }

  private <T> Optional<T> counted(Reason reason, Optional<T> found) {
    found.ifPresent(result -> counts.count(reason));
    return found;
  }

  /** Without the marks only the primary is sure to show every write. */
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
      return Optional.of(primary.readOnce(Deadline.in(SECOND_OPINION), work));
    } catch (SQLException | DataAccessException e) {
      log.info("the primary could not be asked, a replica's answer stands");
      return Optional.empty();
    }
  }
}
