package holdfast.platform.errors;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** A field of the request violates the contract: 400. */
public final class BadRequest extends ResponseStatusException {

  public BadRequest(String field, String problem) {
    super(HttpStatus.BAD_REQUEST, field + " " + problem);
  }
}
