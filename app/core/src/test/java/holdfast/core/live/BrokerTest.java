package holdfast.core.live;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.LiveClient;
import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.core.fixture.StompServer;
import holdfast.platform.fixture.TcpSwitch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests with servers that aren't brokers, and with brokers that refuse this service. */
@ExtendWith(OutputCaptureExtension.class)
class BrokerTest {

  private static final String WARNING = "new posts may arrive late";

  @Test
  void aWrongServerDoesNoHarmAndTheRightBrokerIsFound(CapturedOutput output) throws Exception {
    try (StompServer refusing = new StompServer("another password");
        Impostor silent = new Impostor("");
        Impostor web = new Impostor("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        Impostor endless = new Impostor("CONNECTED\nx:" + "x".repeat(1_000_000));
        Impostor lost = new Impostor("CONNECTED\nversion:1.2\n\n\0");
        StompServer right = new StompServer("broker-pass");
        TcpSwitch toBroker = new TcpSwitch();
        RunningCore core = start(toBroker)) {
      Person author = Person.register(core.api());
      Person reader = Person.register(core.api());
      reader.befriend(author);
      try (LiveClient client = LiveClient.of(reader)) {
        int posts = 0;
        for (Impostor impostor : new Impostor[] {silent, web, endless, lost}) {
          toBroker.to(impostor.address());
          await().atMost(30, SECONDS).until(() -> impostor.connections() > 1);
          UUID post = author.post("раз");
          assertThat(client.awaitEvents(++posts).posts()).endsWith(post);
        }
        toBroker.to(refusing.address());
        await().atMost(30, SECONDS).until(() -> refusing.refused() > 1);
        assertThat(refusing.subscribers()).isZero();
        assertThat(core.management().get("/actuator/health/readiness").status()).isEqualTo(200);
        assertThat(output.toString().lines().filter(line -> line.contains(WARNING))).hasSize(1);

        toBroker.to(right.address());
        await().atMost(30, SECONDS).until(() -> right.subscribers() == 1);
        author.post("два");
        await().atMost(30, SECONDS).until(() -> right.messages() == 1);
        assertThat(client.awaitEvents(posts + 1).events()).hasSize(posts + 1);
      }
    }
    assertThat(output).doesNotContain("broker-pass");
  }

  private static RunningCore start(TcpSwitch toBroker) {
    String url = Shared.postgres().url();
    Map<String, String> environment = RunningCore.environment(url, url);
    environment.put("RABBITMQ_PORT", String.valueOf(toBroker.port()));
    return RunningCore.start(environment, "LIVE_POLL_MS=100");
  }

  /** Accepts connections, sends one text, and then stays silent. */
  private static final class Impostor implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();

    Impostor(String saying) throws IOException {
      Thread.startVirtualThread(() -> {
        try {
          while (true) {
            Socket client = listener.accept();
            connections.incrementAndGet();
            Thread.startVirtualThread(() -> say(client, saying));
          }
        } catch (IOException e) {
          // The test is over.
        }
      });
    }

    int connections() {
      return connections.get();
    }

    InetSocketAddress address() {
      return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }

    private static void say(Socket client, String saying) {
      try (client) {
        client.getOutputStream().write(saying.getBytes());
        client.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The client has disconnected.
      }
    }
  }
}
