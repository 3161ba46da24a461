package holdfast.core.live;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Bounds what the kernel holds of each connection, which counts as the service's memory: by itself
 * it would grow to 4 MB for each of thousands of slow subscribers.
 */
@Component
final class SocketBuffers implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  /** Enough to fill a gigabit line to a machine of the same network. */
  private static final String SENT_BYTES = "65536";

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addConnectorCustomizers(
        connector -> connector.setProperty("socket.txBufSize", SENT_BYTES));
  }
}
