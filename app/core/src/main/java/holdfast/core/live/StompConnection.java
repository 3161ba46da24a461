package holdfast.core.live;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.BufferingStompDecoder;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompDecoder;
import org.springframework.messaging.simp.stomp.StompEncoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * A STOMP session on a socket. It uses Spring's codec, but not Spring's Netty client. That client
 * has no timeout for the answer to a login, and keeps reading after a malformed frame. One thread
 * may read while another writes.
 */
final class StompConnection implements Closeable {

  private static final byte[] NO_BODY = {};
  private static final byte[] HEARTBEAT = {'\n'};

  /**
   * The limit for a received frame, in bytes. Our broker sends only wake-ups, which are far
   * smaller.
   */
  private static final int LARGEST_FRAME = 8 * 1024;

  private static final int LONGEST_REASON = 200;

  private final Socket socket;
  private final StompEncoder encoder = new StompEncoder();
  private final BufferingStompDecoder decoder =
      new BufferingStompDecoder(new StompDecoder(), LARGEST_FRAME);
  private final Queue<Message<byte[]>> received = new ArrayDeque<>();

  private StompConnection(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects and logs in. If the broker is silent for two heartbeat intervals, now or later, the
   * read fails with an {@link IOException}.
   */
  static StompConnection open(BrokerProperties broker) throws IOException {
    StompConnection connection = new StompConnection(new Socket());
    try {
      connection.connect(broker);
      return connection;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void connect(BrokerProperties broker) throws IOException {
    int heartbeat = Math.toIntExact(broker.heartbeat().toMillis());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(2 * heartbeat);
    socket.connect(new InetSocketAddress(broker.host(), broker.port()), 2 * heartbeat);
    StompHeaderAccessor connect = StompHeaderAccessor.create(StompCommand.CONNECT);
    connect.setAcceptVersion("1.2");
    connect.setHost(broker.virtualHost());
    connect.setLogin(broker.username());
    connect.setPasscode(broker.password());
    connect.setHeartbeat(heartbeat, heartbeat);
    send(connect, NO_BODY);
    await(StompCommand.CONNECTED);
  }

  /** Receives every message that is sent to the destination from now on. */
  void subscribe(String destination) throws IOException {
    StompHeaderAccessor subscribe = StompHeaderAccessor.create(StompCommand.SUBSCRIBE);
    // RabbitMQ names the queue after the subscription, so every connection needs a unique
    // subscription id.
    subscribe.setSubscriptionId(UUID.randomUUID().toString());
    subscribe.setDestination(destination);
    send(subscribe, NO_BODY);
  }

  void send(String destination, String body) throws IOException {
    StompHeaderAccessor send = StompHeaderAccessor.create(StompCommand.SEND);
    send.setDestination(destination);
    send(send, body.getBytes(StandardCharsets.UTF_8));
  }

  void heartbeat() throws IOException {
    socket.getOutputStream().write(HEARTBEAT);
  }

  /** Waits for the next message and returns its body. */
  String next() throws IOException {
    return new String(await(StompCommand.MESSAGE), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void send(StompHeaderAccessor headers, byte[] body) throws IOException {
    socket.getOutputStream().write(encoder.encode(headers.getMessageHeaders(), body));
  }

  private byte[] await(StompCommand expected) throws IOException {
    while (true) {
      Message<byte[]> message = received.poll();
      if (message == null) {
        receive();
      } else if (command(message) == expected) {
        return message.getPayload();
      }
    }
  }

  private void receive() throws IOException {
    byte[] bytes = new byte[LARGEST_FRAME / 2];
    int length = socket.getInputStream().read(bytes);
    if (length < 0) {
      throw new IOException("the broker closed the connection");
    }
    try {
      received.addAll(decoder.decode(ByteBuffer.wrap(bytes, 0, length)));
    } catch (RuntimeException e) {
      throw new IOException("the broker sent something that is not STOMP", e);
    }
  }

  private static StompCommand command(Message<byte[]> message) throws IOException {
    StompHeaderAccessor headers = StompHeaderAccessor.wrap(message);
    StompCommand command = headers.getCommand();
    if (command == StompCommand.ERROR) {
      String reason = String.valueOf(headers.getMessage()).replaceAll("\\p{Cntrl}", " ");
      throw new IOException(
          "the broker answered: " + reason.substring(0, Math.min(LONGEST_REASON, reason.length())));
    }
    return command;
  }
}
