package holdfast.core;

import org.postgresql.replication.LogSequenceNumber;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How far the log has come at the server that answers. */
public final class ServerPosition {

  /**
   * A primary's newest commit may be on disk and not shown yet, while a replica has still to
   * confirm it. When it is shown its mark is at least the position that was read here: less than
   * that, then, is what is sure.
   */
  private static final String SURE =
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_flush_lsn() - 1 END
      """;

  private ServerPosition() {}

  /** Every write whose mark is up to there is shown by the following statements. */
  public static LogSequenceNumber of(JdbcClient jdbc) {
    return LogSequenceNumber.valueOf(jdbc.sql(SURE).query(String.class).single());
  }
}
