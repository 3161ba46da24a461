package holdfast.platform;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database as the features see it: reads go to the replicas, writes to the primary, and both
 * are tried again while a server fails over. Work given to it may therefore run more than once.
 */
public final class Database {

  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final Duration SECOND_OPINION = Duration.ofSeconds(1);

  private final Pool primary;
  private final Pool replicas;
  private final Duration deadline;

  Database(Pool primary, Pool replicas, Duration deadline) {
    this.primary = primary;
    this.replicas = replicas;
    this.deadline = deadline;
  }

  public <T> T read(Function<JdbcClient, T> work) {
    return replicas.read(deadline, work);
  }

  /** A replica may lag behind what was just written: what it lacks is asked of the primary once. */
  public <T> Optional<T> find(Function<JdbcClient, Optional<T>> work) {
    Optional<T> found = read(work);
    return found.isPresent() ? found : findOnPrimary(work);
  }

  /** The work must be repeatable: a commit whose answer was lost is done again. */
  public <T> T write(Function<JdbcClient, T> work) {
    return commit(work).result();
  }

  /** The same, for those who tell others what they must have replayed to see it. */
  public <T> Written<T> commit(Function<JdbcClient, T> work) {
    return primary.write(deadline, work);
  }

  private <T> Optional<T> findOnPrimary(Function<JdbcClient, Optional<T>> work) {
    if (!primary.hasConnections()) {
      return Optional.empty();
    }
    try {
      return primary.readOnce(Deadline.in(SECOND_OPINION), work);
    } catch (SQLException | DataAccessException e) {
      log.info("the primary gave no second opinion, the replica's answer stands");
      return Optional.empty();
    }
  }
}
