package holdfast.bench.feed;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.bench.client.ApiClient.Person;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of FeedSubscribers with a server that sends one post to each WebSocket. */
class FeedSubscribersTest {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String POST = "{\"postId\":\"p1\"}";

  @Test
  @Timeout(20)
  void receivePostsAndCloseAlthoughTheServerKeepsTheSocketsOpen() throws Exception {
    Deliveries deliveries = new Deliveries(List.of(Set.of("ann"), Set.of("ann")));
    deliveries.posted("p1", "ann", System.nanoTime());
    List<Person> readers = List.of(new Person("1", "token"), new Person("2", "token"));
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> accept(server));
      try (FeedSubscribers subscribers = new FeedSubscribers(deliveries)) {
        subscribers.open(URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/"), readers);
        while (deliveries.received() < 2) {
          Thread.sleep(10);
        }
        assertThat(subscribers.lost()).isZero();
      }
    }
    assertThat(deliveries.tally().missed()).isZero();
  }

  private static void accept(ServerSocket server) {
    try {
      while (true) {
        send(server.accept());
      }
    } catch (IOException | NoSuchAlgorithmException e) {
      // The test has closed the server.
    }
  }

  /** Completes the handshake and sends a text frame. The socket stays open. */
  private static void send(Socket socket) throws IOException, NoSuchAlgorithmException {
    BufferedReader request =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    String key = "";
    for (String line = request.readLine(); !line.isEmpty(); line = request.readLine()) {
      key = line.toLowerCase().startsWith("sec-websocket-key: ") ? line.substring(19) : key;
    }
    byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(US_ASCII));
    String head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + Base64.getEncoder().encodeToString(digest)
            + "\r\n\r\n";
    String frame = "\u0081" + (char) POST.length() + POST;
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    socket.getOutputStream().write(frame.getBytes(ISO_8859_1));
  }
}
