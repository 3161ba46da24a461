package holdfast.platform;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** The service can't do this now, but soon: 503, with when to come again. */
public final class Unavailable extends ResponseStatusException {

  private static final String RETRY_AFTER_SECONDS = "1";

  public Unavailable(String message) {
    super(HttpStatus.SERVICE_UNAVAILABLE, message);
  }

  Unavailable(String message, Throwable cause) {
    super(HttpStatus.SERVICE_UNAVAILABLE, message, cause);
  }

  @Override
  public HttpHeaders getHeaders() {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    return headers;
  }
}
