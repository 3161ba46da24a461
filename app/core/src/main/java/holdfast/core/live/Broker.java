package holdfast.core.live;

import holdfast.core.PostWritten;
import holdfast.platform.validation.Ids;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Exchanges wake-ups about new posts with the other nodes through the broker. The broker may fail
 * or be replaced at any time. Nothing waits for it, because LiveFeed also finds posts whose wake-up
 * was lost.
 */
@Component
final class Broker implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Broker.class);
  private static final String EXCHANGE = "/exchange/live-feed";
  private static final long PAUSE_MILLIS = 500;

  /** The id of a post and the LSN of its commit. */
  private static final Pattern WAKE_UP =
      Pattern.compile("([0-9a-f-]{36}) ([0-9A-F]{1,8}/[0-9A-F]{1,8})");

  private final BrokerProperties properties;
  private final WakeUps wakeUps;
  private final ThrottledWarning warning = new ThrottledWarning(log);
  private volatile boolean running;
  private volatile @Nullable StompConnection connection;

  Broker(BrokerProperties properties, WakeUps wakeUps, MeterRegistry metrics) {
    this.properties = properties;
    this.wakeUps = wakeUps;
    Gauge.builder("holdfast.live.broker.up", this, broker -> broker.connection == null ? 0 : 1)
        .register(metrics);
  }

  @Override
  public void start() {
    running = true;
    Thread.ofVirtual().name("broker").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    closeQuietly(connection);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops together with the live feed. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 2;
  }

  private void run() {
    while (running) {
      try (StompConnection opened = StompConnection.open(properties)) {
        opened.subscribe(EXCHANGE);
        connection = opened;
        Thread.ofVirtual().name("broker-sender").start(() -> sendOn(opened));
        // The feed must read now, because wake-ups were lost while there was no connection.
        wakeUps.nudge();
        while (running) {
          hear(opened.next());
        }
      } catch (IOException | RuntimeException e) {
        if (running) {
          warning.say("new posts may arrive late, because the broker failed: {}", e.getMessage());
        }
      } finally {
        connection = null;
      }
      pause();
    }
  }

  private void hear(String body) {
    Matcher wakeUp = WAKE_UP.matcher(body);
    if (wakeUp.matches()) {
      Ids.parse(wakeUp.group(1))
          .ifPresent(post -> wakeUps.received(new PostWritten(post, wakeUp.group(2))));
    }
  }

  private void sendOn(StompConnection opened) {
    Duration half = properties.heartbeat().dividedBy(2);
    try {
      while (connection == opened) {
        PostWritten post = wakeUps.takeForOthers(half);
        if (post == null) {
          opened.heartbeat();
        } else {
          opened.send(EXCHANGE, post.postId() + " " + post.lsn());
        }
      }
    } catch (IOException e) {
      // The reading thread fails as well, and connects again.
      closeQuietly(opened);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pause() {
    try {
      // Jitter keeps the nodes from reconnecting all at once when a broker fails.
      Thread.sleep(ThreadLocalRandom.current().nextLong(PAUSE_MILLIS / 2, PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(@Nullable StompConnection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (IOException e) {
      // The connection is closed already.
    }
  }
}
