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
 * Tells the other nodes of new posts, and hears of theirs, through an exchange of the broker. It
 * may be away at any time, or another broker than before: nothing waits for it, and what it loses
 * is found without it.
 */
@Component
final class Broker implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Broker.class);
  private static final String EXCHANGE = "/exchange/live-feed";
  private static final long PAUSE_MILLIS = 500;

  /** A post's id and the LSN at which it was committed. */
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

  /** With the live feed. */
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
        // What was told while there was no connection wasn't heard here.
        wakeUps.nudge();
        while (running) {
          hear(opened.next());
        }
      } catch (IOException | RuntimeException e) {
        if (running) {
          warning.say("new posts are told of late: {}", e.getMessage());
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
      // Whoever reads notices too, and connects again.
      closeQuietly(opened);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pause() {
    try {
      // Jitter: the nodes that one broker left must not come to the next together.
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
      // It is gone already.
    }
  }
}
