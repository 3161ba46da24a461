package holdfast.platform;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Throws out connections whose server changed its role or is going down. HikariCP's own list has
 * 57P01 to 57P03 but not 25006: a pool full of connections to a demoted primary would never heal.
 */
final class EvictByRole implements SQLExceptionOverride {

  @java.lang.Override
  public Override adjudicate(SQLException failure) {
    String state = SqlFailure.state(failure);
    return state.equals(SqlFailure.READ_ONLY) || state.startsWith("57P")
        ? Override.MUST_EVICT
        : Override.CONTINUE_EVICT;
  }
}
