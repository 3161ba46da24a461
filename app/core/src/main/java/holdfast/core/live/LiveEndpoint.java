package holdfast.core.live;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.tomcat.websocket.Constants;
import org.jspecify.annotations.Nullable;

/** The endpoint that Tomcat calls for one connection. */
final class LiveEndpoint extends Endpoint {

  private final Subscribers subscribers;
  private final Subscription subscription;
  private final Duration sendTimeout;
  private volatile @Nullable Subscriber subscriber;

  private LiveEndpoint(Subscribers subscribers, Subscription subscription, Duration sendTimeout) {
    this.subscribers = subscribers;
    this.subscription = subscription;
    this.sendTimeout = sendTimeout;
  }

  static ServerEndpointConfig config(
      String path, Subscribers subscribers, Subscription subscription, Duration sendTimeout) {
    LiveEndpoint endpoint = new LiveEndpoint(subscribers, subscription, sendTimeout);
    return ServerEndpointConfig.Builder.create(LiveEndpoint.class, path)
        .configurator(new Plain(endpoint))
        .build();
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    // The class Subscribers ends a slow connection before this timeout. The timeout only limits how
    // long closing may take.
    long millis = 2 * sendTimeout.toMillis();
    session.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, millis);
    session.getUserProperties().put(Constants.SESSION_CLOSE_TIMEOUT_PROPERTY, millis);
    Subscriber opened = subscribers.open(session, subscription);
    subscriber = opened;
    // Without a handler Tomcat would read and discard messages of any size. With a handler it
    // applies the limit of LiveConnector.
    session.addMessageHandler(String.class, text -> {});
    session.addMessageHandler(ByteBuffer.class, bytes -> {});
    session.addMessageHandler(PongMessage.class, pong -> opened.answered());
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    Subscriber closed = subscriber;
    if (closed != null) {
      closed.end(
          reason.getCloseCode() == CloseCodes.TOO_BIG ? CloseCause.TOO_BIG : CloseCause.LEFT);
    }
  }

  /** Returns the endpoint that the handshake made. */
  private static final class Plain extends ServerEndpointConfig.Configurator {

    private final LiveEndpoint endpoint;

    Plain(LiveEndpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
      return type.cast(endpoint);
    }

    /**
     * Accepts pages from any origin. Browsers add cookies by themselves, but they don't add the
     * token. A page that has the token may use it.
     */
    @Override
    public boolean checkOrigin(String origin) {
      return true;
    }
  }
}
