package holdfast.platform;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets a bounded number of requests in at once, first come, first served; 503 for the rest. */
@Component
final class Admission implements HandlerInterceptor {

  private final Semaphore permits;
  private final int waiting;
  private final long waitNanos;

  Admission(AdmissionProperties properties, MeterRegistry metrics) {
    this.permits = new Semaphore(properties.inFlight(), true);
    this.waiting = properties.waiting();
    this.waitNanos = properties.longestWait().toNanos();
    Gauge.builder("holdfast.admission.free", permits, Semaphore::availablePermits)
        .register(metrics);
    Gauge.builder("holdfast.admission.waiting", permits, Semaphore::getQueueLength)
        .register(metrics);
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws InterruptedException {
    // The queue's length is approximate by a few, which bounds it just as well.
    long wait = permits.getQueueLength() < waiting ? waitNanos : 0;
    if (!permits.tryAcquire(wait, TimeUnit.NANOSECONDS)) {
      throw new Unavailable("too many requests at once");
    }
    return true;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    permits.release();
  }
}
