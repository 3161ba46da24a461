package holdfast.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ProbedSocketsTest {

  @Test
  void aSilentPeerIsProbed() throws Exception {
    try (Socket socket = new ProbedSockets("2").createSocket()) {
      assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(2);
      assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(2);
      assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(3);
    }
  }

  @Test
  void theDatabasesConnectionsAreSuch() {
    Duration second = Duration.ofSeconds(1);
    String url = "jdbc:postgresql://127.0.0.1:1/holdfast";
    DatabaseProperties properties =
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
            second,
            second,
            Duration.ofSeconds(3),
            second);

    PGSimpleDataSource server = DatabaseConfiguration.server(properties, url);

    assertThat(server.getTcpKeepAlive()).isTrue();
    assertThat(server.getSocketFactory()).isEqualTo(ProbedSockets.class.getName());
    assertThat(server.getSocketFactoryArg()).isEqualTo("3");
  }
}
