package holdfast.core.live;

import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * A separate port for subscribers, with small buffers. There may be thousands of connections, and
 * most of them are silent. Large answers need larger buffers and use the other port.
 */
@Component
final class LiveConnector implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final String WEB_SOCKETS = "org.apache.tomcat.websocket.";

  /**
   * The buffer for incoming messages. Subscribers have nothing to send, and a longer message closes
   * the connection.
   */
  private static final String MOST_RECEIVED = "64";

  /**
   * Each WebSocket has three buffers of this size. Tomcat's default would be 8 KB for each. Most
   * posts still fit into one frame.
   */
  private static final String FRAME_BYTES = "2048";

  /**
   * The kernel's send buffer. It counts as memory of the service. By default it would grow to 4 MB
   * for each slow client. This size is enough for a gigabit line inside the machines' network.
   */
  private static final String UNSENT_BYTES = "65536";

  /** The read and write buffers of each connection, by default 8 KB each. */
  private static final String READ_BYTES = "2048";

  private static final String WRITTEN_BYTES = "4096";

  /**
   * Connections beyond the limit of subscribers, so that surplus clients get a refusal as an
   * answer.
   */
  private static final int SPARE = 256;

  private final LiveProperties properties;

  LiveConnector(LiveProperties properties) {
    this.properties = properties;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    // Tomcat takes this size only from a system property, which it reads once, when it initialises
    // WebSockets.
    System.setProperty(WEB_SOCKETS + "DEFAULT_BUFFER_SIZE", FRAME_BYTES);
    factory.addContextCustomizers(context -> {
      context.addParameter(WEB_SOCKETS + "textBufferSize", MOST_RECEIVED);
      context.addParameter(WEB_SOCKETS + "binaryBufferSize", MOST_RECEIVED);
    });
    factory.addAdditionalConnectors(connector());
  }

  private Connector connector() {
    Connector connector = new Connector();
    connector.setPort(properties.port());
    connector.setProperty("maxConnections", String.valueOf(properties.subscribers() + SPARE));
    // After a failover all subscribers may connect at once, and the queue must hold them.
    connector.setProperty("acceptCount", String.valueOf(properties.subscribers()));
    // This connector doesn't inherit the settings of server.tomcat, so they are repeated here.
    connector.setProperty("connectionTimeout", "10000");
    connector.setProperty("keepAliveTimeout", "75000");
    connector.setProperty("maxKeepAliveRequests", "-1");
    connector.setProperty("socket.txBufSize", UNSENT_BYTES);
    connector.setProperty("socket.appReadBufSize", READ_BYTES);
    connector.setProperty("socket.appWriteBufSize", WRITTEN_BYTES);
    connector.getProtocolHandler().setExecutor(new VirtualThreadExecutor("live-"));
    return connector;
  }
}
