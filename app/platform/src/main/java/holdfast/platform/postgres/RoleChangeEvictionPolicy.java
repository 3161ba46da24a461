package holdfast.platform.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Evicts connections whose server changed its role, is stopping, or ended the session. HikariCP's
 * own list of SQLSTATEs lacks 25006 (read-only), so a pool full of connections to a demoted primary
 * would never recover.
 *
 * <p>HikariCP's list has 0A000, which may also mean an outdated prepared statement. Such a session
 * stays usable. Evicting it would cost every connection of the pool a new login.
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
