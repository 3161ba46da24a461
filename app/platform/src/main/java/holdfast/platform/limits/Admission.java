package holdfast.platform.limits;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/** Limits the requests in progress. Reads and all other requests have separate limits. */
@Component
final class Admission implements HandlerInterceptor {

  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  private final Bulkhead requests;
  private final Bulkhead writes;

  Admission(AdmissionProperties properties, MeterRegistry metrics) {
    this.requests =
        new Bulkhead(
            "admission",
            properties.inFlight(),
            properties.waiting(),
            properties.longestWait(),
            metrics);
    this.writes = new Bulkhead("writes", properties.writes(), 0, Duration.ZERO, metrics);
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws InterruptedException {
    bulkhead(request).enter();
    return true;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    bulkhead(request).leave();
  }

  private Bulkhead bulkhead(HttpServletRequest request) {
    return READS.contains(request.getMethod()) ? requests : writes;
  }
}
