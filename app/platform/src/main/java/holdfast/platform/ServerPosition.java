package holdfast.platform;

import org.postgresql.replication.LogSequenceNumber;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How far the log has come at the server that answers. */
public final class ServerPosition {

  private ServerPosition() {}

  /** What the following statements show is at least as new. */
  public static LogSequenceNumber of(JdbcClient jdbc) {
    return LogSequenceNumber.valueOf(jdbc.sql(LogPositions.SHOWN).query(String.class).single());
  }
}
