package holdfast.platform.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Throws out connections whose server changed its role or is going down, or ended the session.
 * HikariCP's own list has 57P01 to 57P03 but not 25006: a pool full of connections to a demoted
 * primary would never heal. It has 0A000, which can also mean an outdated prepared statement: such
 * a session stays usable, and evicting it would cost every connection of the pool a new login.
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
