package holdfast.platform.errors;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** The request has no valid bearer token: 401. */
public final class Unauthorized extends ResponseStatusException {

  public Unauthorized() {
    super(HttpStatus.UNAUTHORIZED, "a valid bearer token is needed: sign in with POST /login");
  }

  @Override
  public HttpHeaders getHeaders() {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    return headers;
  }
}
