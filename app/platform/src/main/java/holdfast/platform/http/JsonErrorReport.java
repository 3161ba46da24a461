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
 * The contract's error body for what Tomcat refuses before any filter sees it, such as a malformed
 * request line: its own report is a page of HTML. Tomcat makes it by its name.
 */
public final class JsonErrorReport extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = status(request, response);
    // The same conditions as Tomcat's: nothing to say, or somebody has said it.
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
      container.getLogger().debug("the client went away before its error was written", e);
    }
  }

  /** A body that can't be read to its end is the client's mistake: Tomcat makes a 500 of it. */
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
