package holdfast.core.user;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** The ETag of one answer to a search, and what the request asks about it (RFC 9110, 13). */
final class SearchValidator {

  /**
   * The form of the answers. A release that sends other bytes for the same users must change this
   * number. Otherwise answers of the older release would still count as valid.
   */
  private static final int FORM = 1;

  /**
   * If nginx may keep the answer, it sends the time of the request in this header, in seconds since
   * 1970.
   */
  private static final String ASKED_AT = "X-Asked-At";

  private static final Pattern SECONDS = Pattern.compile("(\\d{1,12})(?:\\.\\d{1,9})?");

  /**
   * Returns to nginx the second in which nginx asked. Until that second ends, nginx gives the kept
   * answer without asking again. Only nginx's clock counts, so the clocks of two machines needn't
   * agree.
   */
  private static final String EXPIRES = "X-Accel-Expires";

  private final HttpServletRequest request;
  private final HttpServletResponse response;

  /**
   * @throws ResponseStatusException 412 if the request has an If-Match with tags, because it never
   *     matches a weak tag.
   */
  SearchValidator(HttpServletRequest request, HttpServletResponse response) {
    this.request = request;
    this.response = response;
    List<ETag> matching = tags(HttpHeaders.IF_MATCH);
    if (!matching.isEmpty() && matching.stream().noneMatch(ETag::isWildcard)) {
      throw new ResponseStatusException(
          HttpStatus.PRECONDITION_FAILED,
          "If-Match can't hold, because the tags of searches are weak");
    }
  }

  /** True if the request asks whether the client's copy of the answer is still valid. */
  boolean isConditional() {
    return request.getHeader(HttpHeaders.IF_NONE_MATCH) != null;
  }

  /** True if the client has the answer of this version. */
  boolean holds(UUID version) {
    return tags(HttpHeaders.IF_NONE_MATCH).stream()
        .anyMatch(held -> held.isWildcard() || held.compare(tag(version), false));
  }

  /** True if nginx wants to keep the answer. */
  boolean mayBeKept() {
    return expiry().isPresent();
  }

  /** True if the answer is to be compressed. nginx sends `gzip` or nothing. */
  boolean wantsGzip() {
    response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    return "gzip".equals(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
  }

  /** Tells the client that its copy of the answer is still valid (304). */
  void confirm(UUID version) {
    response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
    announce(version);
  }

  /** Sets the headers of an answer of this version. */
  void announce(UUID version) {
    response.setHeader(HttpHeaders.ETAG, tag(version).formattedTag());
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    expiry().ifPresent(second -> response.setHeader(EXPIRES, "@" + second));
  }

  private Optional<String> expiry() {
    String askedAt = request.getHeader(ASKED_AT);
    Matcher seconds = SECONDS.matcher(askedAt == null ? "" : askedAt);
    return seconds.matches() ? Optional.of(seconds.group(1)) : Optional.empty();
  }

  /** The tag is weak, because the answers of one version may be compressed or not. */
  private static ETag tag(UUID version) {
    return new ETag(FORM + "-" + version, true);
  }

  private List<ETag> tags(String header) {
    return Collections.list(request.getHeaders(header)).stream()
        .flatMap(value -> ETag.parse(value).stream())
        .toList();
  }
}
