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
 * Waits after a write whose mark couldn't be stored. Without the mark, other nodes would trust a
 * stale replica. The wait ends when all replicas show the write, when a later attempt stores the
 * mark, or when the time is over. In the last case, reads may show the old state for as long as a
 * replica lags.
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
          log.info("a write stored no mark, and a replica may not have replayed it yet");
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
