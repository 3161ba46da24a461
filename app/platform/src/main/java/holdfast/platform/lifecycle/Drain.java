package holdfast.platform.lifecycle;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The first step of a stop. Readiness is already off, and the service keeps answering for a while.
 * Load balancers that check readiness stop sending requests before connections are refused.
 */
@Component
public final class Drain implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private final Duration duration;
  private volatile boolean started;
  private volatile boolean draining;

  Drain(StopProperties properties) {
    this.duration = properties.drain();
  }

  /** True once the stop has begun. */
  public boolean running() {
    return draining;
  }

  @Override
  public void start() {
    started = true;
  }

  @Override
  public void stop() {
    draining = true;
    log.info("stopping: not ready, still answering for {} s", duration.toSeconds());
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    started = false;
  }

  @Override
  public boolean isRunning() {
    return started;
  }

  /** Runs before the phase of the web server, in which connections are refused. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
