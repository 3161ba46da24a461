package holdfast.loadtest.machine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import holdfast.loadtest.machine.Machines.Service;
import holdfast.loadtest.machine.SshMachines.ServiceAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SshMachinesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void knowsWhetherAMachineAnswersAndNamesAMachineThatCannotBeReached() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      MachineAccess access =
          new MachineAccess("127.0.0.1", silent.getLocalPort(), null, null, List.of(), null);
      try (SshMachines machines = new SshMachines(Map.of("web1", access), Map.of(), Map.of())) {
        assertThat(machines.answers("web1")).isTrue();
        silent.close();
        assertThat(machines.answers("web1")).isFalse();
        assertThatThrownBy(() -> machines.run("web1", List.of("true"), "", PATIENCE))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("web1");
        assertThatThrownBy(() -> machines.order("off", "web1"))
            .hasMessage("drill_machine_commands has no command off");
      }
    }
  }

  @Test
  @Timeout(60)
  void doesNotWaitForTheRestOfAnAnswerThatNeverComes() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answerHalf(server));
      assertThatThrownBy(() -> ask(server.getLocalPort(), Duration.ofSeconds(1)))
          .isInstanceOf(IOException.class)
          .hasMessageEndingWith("/metrics: no answer within 1 s");
    }
  }

  /** Leaves the connection open, as a machine that loses its power does. */
  private static void answerHalf(ServerSocket server) {
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    try (Socket connection = server.accept()) {
      connection.getOutputStream().write(half.getBytes(US_ASCII));
      connection.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void refusesAnAnswerThatIsTooLarge() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[5 << 20]);
          }
        });
    server.start();
    try {
      assertThatThrownBy(() -> ask(server.getAddress().getPort(), PATIENCE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("/metrics: ");
    } finally {
      server.stop(0);
    }
  }

  private static Machines.Output ask(int port, Duration patience) throws Exception {
    MachineAccess access = new MachineAccess("127.0.0.1", 1, null, null, List.of(), null);
    Service service = Service.CORE_MANAGEMENT;
    Map<Service, ServiceAccess> services = Map.of(service, new ServiceAccess(port, null, null));
    try (SshMachines machines = new SshMachines(Map.of("app1", access), services, Map.of())) {
      return machines.http("app1", service, "/metrics", null, patience);
    }
  }
}
