package holdfast.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

class RetryingDataSourceTest {

  private static final String AWAY = "08001";
  private static final String WRONG_PASSWORD = "28P01";

  private static final Connection CONNECTION =
      (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> null);

  /** Fails this many times, then gives a connection. */
  private static final class Server extends AbstractDataSource {
    private final String state;
    private int failures;
    private int asked;

    private Server(String state, int failures) {
      this.state = state;
      this.failures = failures;
    }

    @Override
    public Connection getConnection() throws SQLException {
      asked++;
      if (failures-- > 0) {
        throw new SQLException("no", state);
      }
      return CONNECTION;
    }

    @Override
    public Connection getConnection(String user, String password) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void retriesUntilTheServerAccepts() throws Exception {
    Server server = new Server(AWAY, 3);

    assertThat(new RetryingDataSource(server, Duration.ofSeconds(30)).getConnection())
        .isSameAs(CONNECTION);
    assertThat(server.asked).isEqualTo(4);
  }

  @Test
  void failsWhenItsPatienceIsOver() {
    Server server = new Server(AWAY, Integer.MAX_VALUE);

    assertThatThrownBy(() -> new RetryingDataSource(server, Duration.ofMillis(250)).getConnection())
        .isInstanceOf(SQLException.class);
    assertThat(server.asked).isGreaterThan(1);
  }

  @Test
  void keepsTheServersOwnLoginTimeout() {
    PGSimpleDataSource server = new PGSimpleDataSource();
    server.setLoginTimeout(2);

    new RetryingDataSource(server, Duration.ofSeconds(30)).setLoginTimeout(30);

    assertThat(server.getLoginTimeout()).isEqualTo(2);
  }

  @Test
  void doesNotRetryIfARetryCannotHelp() {
    Server server = new Server(WRONG_PASSWORD, Integer.MAX_VALUE);

    assertThatThrownBy(() -> new RetryingDataSource(server, Duration.ofSeconds(30)).getConnection())
        .isInstanceOf(SQLException.class);
    assertThat(server.asked).isEqualTo(1);
  }
}
