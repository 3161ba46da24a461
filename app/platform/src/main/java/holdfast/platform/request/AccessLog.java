package holdfast.platform.request;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes one line of JSON for each request. It leaves out the query and the body, because they may
 * contain secrets.
 */
public final class AccessLog {

  private static final Logger log = LoggerFactory.getLogger("access");
  private static final JsonMapper JSON = JsonMapper.shared();

  private AccessLog() {}

  public static void write(RequestTrace trace, String method, String path, int status, long nanos) {
    log.info(
        JSON.writeValueAsString(
            new Line(
                true,
                trace.requestId(),
                method,
                path,
                status,
                nanos / 1_000_000,
                trace.server(),
                trace.triesSoFar(),
                trace.callsSoFar())));
  }

  private record Line(
      boolean access,
      @JsonProperty("request_id") String requestId,
      String method,
      String path,
      int status,
      long ms,
      @Nullable String db,
      int tries,
      int calls) {}
}
