package holdfast.core.live;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;

/**
 * A handshake without its offer of WebSocket extensions. Tomcat would accept compression, which
 * takes 300 KB for each connection. Tomcat also fails on malformed offers.
 */
final class HandshakeWithoutExtensions extends HttpServletRequestWrapper {

  private static final String HEADER = "Sec-WebSocket-Extensions";

  HandshakeWithoutExtensions(HttpServletRequest request) {
    super(request);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return name.equalsIgnoreCase(HEADER) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }
}
