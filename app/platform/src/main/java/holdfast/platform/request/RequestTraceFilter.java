package holdfast.platform.request;

import holdfast.platform.lifecycle.Drain;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Assigns the request id, which appears in the answer and in each log line, and writes the access
 * log line.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestTraceFilter extends OncePerRequestFilter {

  private final Drain drain;

  RequestTraceFilter(Drain drain) {
    this.drain = drain;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long start = System.nanoTime();
    RequestTrace trace =
        new RequestTrace(
            RequestIds.orNew(request.getHeader(RequestIds.HEADER)),
            request.getHeader(IdempotencyKeys.HEADER));
    RequestTrace.set(trace);
    MDC.put("request_id", trace.requestId());
    response.setHeader(RequestIds.HEADER, trace.requestId());
    if (drain.running()) {
      // nginx must not reuse a connection that is about to be closed.
      response.setHeader(HttpHeaders.CONNECTION, "close");
    }
    int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    try {
      chain.doFilter(request, response);
      status = response.getStatus();
    } finally {
      long nanos = System.nanoTime() - start;
      AccessLog.write(trace, request.getMethod(), request.getRequestURI(), status, nanos);
      MDC.remove("request_id");
      RequestTrace.set(null);
    }
  }
}
