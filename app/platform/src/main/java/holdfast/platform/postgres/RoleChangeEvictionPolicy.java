package holdfast.platform.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Evicts connections whose server changed its role, is stopping, or ended the session. HikariCP's
 * own list of SQLSTATEs lacks 25006 (read-only), so a pool full of connections to a demoted primary
 * would never recover.
 *
 * <p>HikariCP's list has 0A000, which may also mean that a prepared statement is outdated. The
 * session stays usable then. After a migration every session of the pool may get this error, and
 * evicting them all would cost a new login for each.
 */
public final class RoleChangeEvictionPolicy implements SQLExceptionOverride {

  @java.lang.Override
  public Override adjudicate(SQLException failure) {
    if (SqlFailure.outdated(failure)) {
      return Override.DO_NOT_EVICT;
    }
    return SqlFailure.endsSession(failure) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
  }
}
