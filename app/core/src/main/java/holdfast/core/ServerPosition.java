package holdfast.core;

import org.postgresql.replication.LogSequenceNumber;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The WAL position of the server that runs the current statement. */
public final class ServerPosition {

  /**
   * On the primary, a commit may be on disk but not visible yet, because it still waits for a
   * replica's confirmation. Such a commit gets its write mark later, so its mark is at least the
   * position that is read here. Only writes with smaller marks are sure to be visible.
   */
  private static final String SURE =
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_flush_lsn() - 1 END
      """;

  private ServerPosition() {}

  /** Returns the WAL position up to which every marked write is visible to later statements. */
  public static LogSequenceNumber of(JdbcClient jdbc) {
    return LogSequenceNumber.valueOf(jdbc.sql(SURE).query(String.class).single());
  }
}
