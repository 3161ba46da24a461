package holdfast.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.SQLExceptionOverride.Override;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFailureTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", "08006", "57P01", "57P02", "57P03", "25006", "40001", "40P01", "25P03", "25P04",
        "57P05", "26000"
      })
  void mayPassOnAnotherConnection(String state) {
    assertThat(SqlFailure.passes(new SQLException("", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "42601", "57014", "22021", "53100", "0A000"})
  void failsOnAnyConnection(String state) {
    assertThat(SqlFailure.passes(new SQLException("", state))).isFalse();
  }

  @Test
  void aFullDiskIsNotRetriedAndNotTheRequestsFault() {
    SQLException full = new SQLException("no space left on device", "53100");
    assertThat(SqlFailure.exhausted(full)).isTrue();
    assertThat(SqlFailure.passes(full)).isFalse();
    assertThat(SqlFailure.exhausted(new SQLException("duplicate key", "23505"))).isFalse();
    SQLException noConnection = new SQLTransientConnectionException("too many clients", "53300");
    assertThat(SqlFailure.exhausted(noConnection)).isFalse();
  }

  @Test
  void aPoolWithoutAConnectionMayHaveOneLater() {
    assertThat(SqlFailure.passes(new SQLTransientConnectionException("timed out"))).isTrue();
    assertThat(SqlFailure.passes(new SQLException("no state"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"25006", "57P01", "57P05", "25P03", "25P04"})
  void evictsConnectionsWhoseServerChangedItsRole(String state) {
    assertThat(new RoleChangeEvictionPolicy().adjudicate(new SQLException("", state)))
        .isEqualTo(Override.MUST_EVICT);
  }

  @Test
  void leavesOtherFailuresToThePool() {
    assertThat(new RoleChangeEvictionPolicy().adjudicate(new SQLException("", "40001")))
        .isEqualTo(Override.CONTINUE_EVICT);
  }
}
