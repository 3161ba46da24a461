package holdfast.core.user;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Half a megabyte goes out in so many bytes a write; docs/experiments.md has other sizes. */
@Component
final class AnswerBuffers implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final String WRITTEN_BYTES = "16384";

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addConnectorCustomizers(
        connector -> connector.setProperty("socket.appWriteBufSize", WRITTEN_BYTES));
  }
}
