package holdfast.core.live;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** The user has reached the limit of connections to this node: 429. */
final class TooManyConnections extends ResponseStatusException {

  private static final String RETRY_AFTER_SECONDS = "10";

  TooManyConnections(int most) {
    super(HttpStatus.TOO_MANY_REQUESTS, "a user may have " + most + " live connections at once");
  }

  @Override
  public HttpHeaders getHeaders() {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    return headers;
  }
}
