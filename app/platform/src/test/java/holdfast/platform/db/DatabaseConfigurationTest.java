package holdfast.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import holdfast.platform.postgres.ProbedSockets;
import holdfast.platform.postgres.SqlFailure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseConfigurationTest {

  @Test
  void silentConnectionsAreProbed() {
    PGSimpleDataSource server = server(1, Duration.ofSeconds(2));

    assertThat(server.getTcpKeepAlive()).isTrue();
    assertThat(server.getSocketFactory()).isEqualTo(ProbedSockets.class.getName());
    assertThat(server.getSocketFactoryArg()).isEqualTo("3");
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aServerThatAcceptsButStaysSilentMayBeRetried() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PGSimpleDataSource server = server(silent.getLocalPort(), Duration.ofSeconds(1));

      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(server::getConnection)
          .matches(SqlFailure::passes);
    }
  }

  private static PGSimpleDataSource server(int port, Duration connectTimeout) {
    Duration second = Duration.ofSeconds(1);
    Duration never = Duration.ofHours(1);
    // With sslResponseTimeout's default of 5 s, the attempt would end even without the login
    // timeout.
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/holdfast?sslResponseTimeout=3600000";
    return DatabaseConfiguration.server(
        new DatabaseProperties(
            url,
            url,
            "core",
            "core",
            "secret",
            1,
            1,
            second,
            second,
            second,
            second,
            second,
            connectTimeout,
            never,
            Duration.ofSeconds(3),
            second),
        url);
  }
}
