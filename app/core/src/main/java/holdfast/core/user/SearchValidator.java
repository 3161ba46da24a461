package holdfast.core.user;

import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.server.ResponseStatusException;

/**
 * The validator of one answer to a search: its ETag, and whether the client or nginx already has
 * this answer.
 */
final class SearchValidator {

  /**
   * The form of the answers. It must change together with the bytes that a release sends for the
   * same users. Otherwise answers of the older release would still count as valid.
   */
  private static final int FORM = 1;

  /** nginx sends the time of the request here, in seconds since 1970, if it may keep the answer. */
  private static final String ASKED_AT = "X-Asked-At";

  private static final Pattern SECONDS = Pattern.compile("(\\d{1,12})(?:\\.\\d{1,9})?");

  /**
   * nginx gives a kept answer without asking until this second is over. The second is that of
   * nginx's own request, so the clocks of two machines needn't agree, and an answer is given for at
   * most one second.
   */
  private static final String EXPIRES = "X-Accel-Expires";

  private final ServletWebRequest exchange;
  private final HttpServletResponse response;

  SearchValidator(ServletWebRequest exchange, HttpServletResponse response) {
    this.exchange = exchange;
    this.response = response;
  }

  /** True if the request asks whether an answer that the client has still holds. */
  boolean isConditional() {
    return exchange.getHeader(HttpHeaders.IF_NONE_MATCH) != null
        || exchange.getHeader(HttpHeaders.IF_MATCH) != null;
  }

  /**
   * Sets the headers for this version. If the client already has it, the answer is 304, and there
   * is nothing more to send.
   *
   * @throws ResponseStatusException 412 if the request has an If-Match, which no weak ETag matches
   */
  boolean holds(UUID version) {
    // The tag is weak, because answers of one version may be compressed or not.
    boolean held = exchange.checkNotModified("W/\"%d-%s\"".formatted(FORM, version));
    if (response.getStatus() == HttpStatus.PRECONDITION_FAILED.value()) {
      throw new ResponseStatusException(
          HttpStatus.PRECONDITION_FAILED, "If-Match doesn't match the users that were found");
    }
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    String askedAt = exchange.getHeader(ASKED_AT);
    var seconds = SECONDS.matcher(askedAt == null ? "" : askedAt);
    if (seconds.matches()) {
      response.setHeader(EXPIRES, "@" + seconds.group(1));
    }
    return held;
  }
}
