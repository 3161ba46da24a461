package holdfast.platform.errors;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The service can't do this now, but soon: with when to come again. 503 if nothing was done, 504 if
 * nobody knows whether it was.
 */
public final class Unavailable extends ResponseStatusException {

  private static final String RETRY_AFTER_SECONDS = "1";

  public Unavailable(String message) {
    super(HttpStatus.SERVICE_UNAVAILABLE, message);
  }

  public Unavailable(String message, Throwable cause) {
    super(HttpStatus.SERVICE_UNAVAILABLE, message, cause);
  }

  private Unavailable(Unavailable failure) {
    super(HttpStatus.GATEWAY_TIMEOUT, failure.getReason() + "; it may be done or not", failure);
  }

  /** For what may have been done all the same: a server had it, and its answer was lost. */
  public static Unavailable unknown(Unavailable failure) {
    return new Unavailable(failure);
  }

  @Override
  public HttpHeaders getHeaders() {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    return headers;
  }
}
