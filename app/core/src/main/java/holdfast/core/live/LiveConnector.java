package holdfast.core.live;

import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * A port of the subscribers' own, since each connection costs: there may be thousands of them, and
 * most are silent. Large answers need larger buffers, and come on the other port.
 */
@Component
final class LiveConnector implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final String WEB_SOCKETS = "org.apache.tomcat.websocket.";

  /** Nothing is expected from subscribers: who sends more than this at once is let go. */
  private static final String MOST_RECEIVED = "64";

  /** Each WebSocket has three of these, of 8 KB by itself; most posts fit into one frame still. */
  private static final String FRAME_BYTES = "2048";

  /**
   * What the kernel holds counts as the service's memory; by itself it would grow to 4 MB for each
   * slow client. Enough to fill a gigabit line within the machines' network.
   */
  private static final String UNSENT_BYTES = "65536";

  /** Each connection has both, of 8 KB by themselves. */
  private static final String READ_BYTES = "2048";

  private static final String WRITTEN_BYTES = "4096";

  /** Connections above the subscribers: who is one too many is told so. */
  private static final int SPARE = 256;

  private final LiveProperties properties;

  LiveConnector(LiveProperties properties) {
    this.properties = properties;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    // Tomcat takes it from nowhere else, once, when it begins with WebSockets.
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
    // After a failover all subscribers may connect at once: the queue must hold them.
    connector.setProperty("acceptCount", String.valueOf(properties.subscribers()));
    // It inherits nothing of server.tomcat; the same stands there.
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
