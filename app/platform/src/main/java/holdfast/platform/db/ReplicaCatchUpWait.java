package holdfast.platform.db;

import holdfast.platform.retry.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * For writes that could leave no mark: others would take a replica that lags for good. Ends when
 * all replicas show the write or the mark could be left after all, or when neither happens for too
 * long: then whoever asks a replica may see what was before, for as long as it lags.
 */
final class ReplicaCatchUpWait {

  private static final Logger log = LoggerFactory.getLogger(ReplicaCatchUpWait.class);
  private static final Duration LONGEST = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Pool primary;

  ReplicaCatchUpWait(Pool primary) {
    this.primary = primary;
  }

  void await(LogSequenceNumber written, BooleanSupplier marked) {
    Deadline end = Deadline.in(LONGEST);
    try {
      while (!isShown(written, end) && !marked.getAsBoolean()) {
        if (end.left().compareTo(PAUSE) < 0) {
          log.info("a replica lags, and a write left no mark");
          return;
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isShown(LogSequenceNumber written, Deadline end) {
    try {
      return primary.readOnce(
          end,
          jdbc ->
              jdbc.sql("SELECT replicas_show(CAST(? AS pg_lsn))")
                  .param(written.asString())
                  .query(Boolean.class)
                  .single());
    } catch (SQLException | DataAccessException e) {
      return false;
    }
  }
}
