package holdfast.core.dialog;

import holdfast.platform.request.IdempotencyKeys;
import holdfast.platform.request.RequestIds;
import holdfast.platform.request.RequestTrace;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * A request that is passed on to the chat service.
 *
 * @param path the path with its query
 * @param authorization the caller's Authorization header. Chat verifies the token itself.
 */
record ChatRequest(String method, String path, BodyPublisher body, String authorization) {

  boolean writes() {
    return !method.equals("GET");
  }

  HttpRequest to(String service, RequestTrace trace) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + service + path))
            .method(method, body)
            .header(HttpHeaders.AUTHORIZATION, authorization)
            .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
            .header(RequestIds.HEADER, trace.requestId());
    String key = trace.idempotencyKey();
    return (key == null ? request : request.header(IdempotencyKeys.HEADER, key)).build();
  }
}
