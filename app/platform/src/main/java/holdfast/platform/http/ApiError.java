package holdfast.platform.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of every error answer.
 *
 * @param message what the client must correct, with the field's name
 * @param code the HTTP status, for clients that keep only the body
 */
record ApiError(String message, @JsonProperty("request_id") String requestId, int code) {

  byte[] json() {
    return JsonMapper.shared().writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
  }
}
