package holdfast.core.user;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Sets Tomcat's write buffer to a size that suits large answers. Half a megabyte is usual for a
 * search. docs/experiments.md compares other sizes.
 */
@Component
final class ResponseBufferSize
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final String WRITTEN_BYTES = "16384";

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addConnectorCustomizers(
        connector -> connector.setProperty("socket.appWriteBufSize", WRITTEN_BYTES));
  }
}
