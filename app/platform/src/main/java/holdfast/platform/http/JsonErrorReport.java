package holdfast.platform.http;

import holdfast.platform.request.AccessLog;
import holdfast.platform.request.RequestIds;
import holdfast.platform.request.RequestTrace;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * Writes the contract's error body for requests that Tomcat refuses before any filter runs, such as
 * a malformed request line. Tomcat's own report is an HTML page. Tomcat creates this valve by its
 * class name.
 */
public final class JsonErrorReport extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = status(request, response);
    // The same conditions as in Tomcat's own valve: there is no error, or it was reported already.
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    response.setStatus(status);
    String requestId = response.getHeader(RequestIds.HEADER);
    if (requestId == null) {
      requestId = traceOfRefused(request, response);
    }
    try {
      response.setContentType("application/json");
      response.getOutputStream().write(new ApiError(message(status), requestId, status).json());
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      container.getLogger().debug("the client disconnected before its error was written", e);
    }
  }

  /** A body that can't be read to its end is the client's error. Tomcat would answer 500. */
  private static int status(Request request, Response response) {
    return switch (request.getCoyoteRequest().getErrorException()) {
      case null -> response.getStatus();
      case SocketTimeoutException e -> HttpServletResponse.SC_REQUEST_TIMEOUT;
      case Exception e -> HttpServletResponse.SC_BAD_REQUEST;
    };
  }

  private static String message(int status) {
    if (status == HttpServletResponse.SC_BAD_REQUEST) {
      return "the request is not valid HTTP, or its headers are too long";
    }
    HttpStatus known = HttpStatus.resolve(status);
    return known == null ? "request failed" : known.getReasonPhrase();
  }

  private static String traceOfRefused(Request request, Response response) {
    String requestId = RequestIds.orNew(request.getHeader(RequestIds.HEADER));
    response.setHeader(RequestIds.HEADER, requestId);
    AccessLog.write(
        new RequestTrace(requestId, null),
        String.valueOf(request.getMethod()),
        String.valueOf(request.getRequestURI()),
        response.getStatus(),
        0);
    return requestId;
  }
}
