package holdfast.core;

import org.postgresql.replication.LogSequenceNumber;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The WAL position of the server that runs the current statement. */
public final class ServerPosition {

  /**
   * On the primary, the newest commit may be on disk while it still waits for a replica's
   * confirmation. Until then it isn't visible. Its write mark will be at least the position that is
   * read here, so only smaller positions are known to be visible.
   */
  private static final String SURE =
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_flush_lsn() - 1 END
      """;

  private ServerPosition() {}

  /** Every write with a mark up to this position is visible to the statements that follow. */
  public static LogSequenceNumber of(JdbcClient jdbc) {
    return LogSequenceNumber.valueOf(jdbc.sql(SURE).query(String.class).single());
  }
}
