package holdfast.core.live;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** The request isn't a WebSocket handshake of the supported version: 426. */
final class UpgradeRequired extends ResponseStatusException {

  private static final String PROTOCOL = "websocket";
  private static final String VERSION_HEADER = "Sec-WebSocket-Version";
  private static final String VERSION = "13";

  private UpgradeRequired() {
    super(
        HttpStatus.UPGRADE_REQUIRED,
        "this path accepts only WebSocket handshakes of version " + VERSION);
  }

  static void check(HttpHeaders headers) {
    if (!holds(headers.getUpgrade(), PROTOCOL)
        || !holds(headers.getFirst(VERSION_HEADER), VERSION)) {
      throw new UpgradeRequired();
    }
  }

  @Override
  public HttpHeaders getHeaders() {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
    headers.set(HttpHeaders.UPGRADE, PROTOCOL);
    headers.set(VERSION_HEADER, VERSION);
    return headers;
  }

  private static boolean holds(@Nullable String header, String value) {
    return header != null
        && Arrays.stream(header.split(",")).anyMatch(part -> part.strip().equalsIgnoreCase(value));
  }
}
