package holdfast.platform;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/** Bounds the requests that are served at once. */
@Component
final class Admission implements HandlerInterceptor {

  private final Bulkhead requests;

  Admission(AdmissionProperties properties, MeterRegistry metrics) {
    this.requests =
        new Bulkhead(
            "admission",
            properties.inFlight(),
            properties.waiting(),
            properties.longestWait(),
            metrics);
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws InterruptedException {
    requests.enter();
    return true;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    requests.leave();
  }
}
