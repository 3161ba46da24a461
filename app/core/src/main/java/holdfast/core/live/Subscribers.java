package holdfast.core.live;

import holdfast.platform.errors.Unavailable;
import holdfast.platform.retry.Deadline;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.websocket.Session;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The open connections of this node. This class limits their number and closes those that must end.
 */
@Component
final class Subscribers implements SmartLifecycle {

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

  private final LiveFeed feed;
  private final LiveProperties properties;
  private final MeterRegistry metrics;
  private final Timer deliveries;
  private final SubscriberRegistry all = new SubscriberRegistry();
  private final Set<Thread> closing = ConcurrentHashMap.newKeySet();
  private volatile boolean running;
  private volatile boolean stopping;

  Subscribers(LiveFeed feed, LiveProperties properties, MeterRegistry metrics) {
    this.feed = feed;
    this.properties = properties;
    this.metrics = metrics;
    this.deliveries =
        Timer.builder("holdfast.live.delivery")
            .description("from a post's creation until it was sent to a subscriber")
            .serviceLevelObjectives(
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5))
            .register(metrics);
    Gauge.builder("holdfast.live.subscribers", all, SubscriberRegistry::size).register(metrics);
  }

  /** Refuses a handshake that can't succeed, while an HTTP answer is still possible. */
  void requireRoomFor(UUID user) {
    if (stopping) {
      throw new Unavailable("the service is stopping");
    }
    if (all.size() >= properties.subscribers()) {
      throw new Unavailable("too many live connections at once");
    }
    if (all.of(user).size() >= properties.subscribersPerUser()) {
      throw new TooManyConnections(properties.subscribersPerUser());
    }
  }

  /**
   * Registers an open connection. Concurrent handshakes may exceed the limits together, so the
   * limits are checked again.
   */
  Subscriber open(Session session, Subscription subscription) {
    long firstPing = System.nanoTime() + properties.ping().toNanos();
    Subscriber subscriber =
        new Subscriber(session, subscription, firstPing, deliveries::record, this::ended);
    all.add(subscriber);
    if (stopping) {
      subscriber.end(CloseCause.STOPPING);
    } else if (all.size() > properties.subscribers()
        || all.of(subscriber.user()).size() > properties.subscribersPerUser()) {
      subscriber.end(CloseCause.CROWDED);
    } else {
      feed.join(subscriber, subscription.again());
    }
    return subscriber;
  }

  /**
   * Refuses new subscribers from the beginning of the stop, so that clients connect to another
   * node.
   */
  @EventListener
  void availability(AvailabilityChangeEvent<ReadinessState> event) {
    stopping = event.getState() == ReadinessState.REFUSING_TRAFFIC;
  }

  @Override
  public void start() {
    running = true;
    Thread.ofVirtual().name("live-pings").start(this::watch);
  }

  /** Tells clients to leave before the web server cuts them off. */
  @Override
  public void stop() {
    running = false;
    stopping = true;
    all.all().forEach(subscriber -> subscriber.end(CloseCause.STOPPING));
    Deadline end = Deadline.in(LONGEST_STOP);
    try {
      for (Thread thread : closing) {
        thread.join(end.left());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops after Drain, and before the web server. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 1;
  }

  private void watch() {
    while (running) {
      long now = System.nanoTime();
      all.all()
          .forEach(subscriber -> {
            if (subscriber.isExpired()) {
              subscriber.end(CloseCause.EXPIRED);
            } else if (subscriber.isStuck(properties.sendTimeout())) {
              subscriber.end(CloseCause.SLOW);
            } else if (!subscriber.ping(now, properties.ping())) {
              subscriber.end(CloseCause.SILENT);
            }
          });
      try {
        Thread.sleep(LOOK_EVERY);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void ended(Subscriber subscriber) {
    all.remove(subscriber);
    feed.leave(subscriber);
    metrics.counter("holdfast.live.ended", "reason", subscriber.closeCause().label()).increment();
    Thread thread =
        Thread.ofVirtual()
            .unstarted(() -> {
              subscriber.close();
              closing.remove(Thread.currentThread());
            });
    closing.add(thread);
    thread.start();
  }
}
