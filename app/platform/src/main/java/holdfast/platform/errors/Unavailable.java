package holdfast.platform.errors;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The service can't do this now, and tells the client when to retry. The answer is 503 if nothing
 * was done, and 504 if the outcome is unknown.
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
    super(HttpStatus.GATEWAY_TIMEOUT, failure.getReason() + "; the outcome is unknown", failure);
  }

  /** The answer for work that may have been done: a server received it, and its answer was lost. */
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
