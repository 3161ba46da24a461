package holdfast.core.dialog;

import holdfast.platform.errors.Unauthorized;
import holdfast.platform.request.RequestIds;
import holdfast.platform.request.RequestTrace;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The chat service's answer to a request, which is passed on to the client. */
record ChatAnswer(int status, byte[] body, @Nullable String nextBefore) {

  private static final String NEXT_HEADER = "X-Next-Before";

  /**
   * Reads the answer.
   *
   * @throws FailedAttempt if the answer isn't from the chat service, or if another attempt may get
   *     a better answer
   */
  static ChatAnswer of(HttpResponse<byte[]> response, RequestTrace trace) throws FailedAttempt {
    int status = response.statusCode();
    // Chat repeats the request id in every answer. Any other server at chat's address, such as the
    // balancer, doesn't.
    boolean fromChat = response.headers().allValues(RequestIds.HEADER).contains(trace.requestId());
    if (fromChat && status == HttpStatus.SERVICE_UNAVAILABLE.value()) {
      throw new FailedAttempt(FailedAttempt.REFUSED, "the answer was 503");
    }
    if (!fromChat || status >= 502 && status <= 504) {
      throw new FailedAttempt("broken", "the answer was %d".formatted(status));
    }
    return switch (HttpStatus.Series.resolve(status)) {
      case SUCCESSFUL, CLIENT_ERROR ->
          new ChatAnswer(
              status, response.body(), response.headers().firstValue(NEXT_HEADER).orElse(null));
      case null, default -> throw new IllegalStateException("the chat service answered " + status);
    };
  }

  ResponseEntity<byte[]> response() {
    if (status == HttpStatus.UNAUTHORIZED.value()) {
      throw new Unauthorized();
    }
    ResponseEntity.BodyBuilder response = ResponseEntity.status(status);
    if (nextBefore != null) {
      response.header(NEXT_HEADER, nextBefore);
    }
    return body.length == 0
        ? response.build()
        : response.contentType(MediaType.APPLICATION_JSON).body(body);
  }
}
