package holdfast.core.live;

import holdfast.platform.auth.TokenOwner;
import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.tomcat.websocket.Constants;
import org.jspecify.annotations.Nullable;

/** One open connection, and how far its client has come. */
final class Subscriber {

  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

  private final Session session;
  private final TokenOwner who;
  private final Outbox outbox;
  private final Consumer<Subscriber> ended;
  private final AtomicReference<@Nullable CloseCause> closeCause = new AtomicReference<>();
  private volatile FeedCursor cursor;
  private volatile boolean answered = true;
  private long nextPing;

  /**
   * @param pingFrom when the first ping is due, on the monotonic clock
   * @param delivered told of each message that was sent, and how old its post is
   * @param ended told once that this one gets nothing more; must return at once
   */
  Subscriber(
      Session session,
      Subscription subscription,
      long pingFrom,
      Consumer<Duration> delivered,
      Consumer<Subscriber> ended) {
    this.session = session;
    this.who = subscription.who();
    this.cursor = subscription.from();
    this.nextPing = pingFrom;
    this.ended = ended;
    this.outbox = new Outbox(session.getBasicRemote(), delivered, () -> end(CloseCause.LEFT));
  }

  UUID user() {
    return who.userId();
  }

  /** What is behind it is still to be sent. */
  FeedCursor cursor() {
    return cursor;
  }

  void moveTo(FeedCursor further) {
    cursor = further;
  }

  boolean isOpen() {
    return closeCause.get() == null;
  }

  /** False if the client is too slow to be sent more. */
  boolean offer(LiveMessage message) {
    return outbox.offer(message);
  }

  /** False if something is still unsent by then. */
  boolean awaitSent(Duration longest) throws InterruptedException {
    return outbox.awaitEmpty(longest);
  }

  /** True if one message takes longer than this to be sent. */
  boolean isStuck(Duration longest) {
    return outbox.isStuck(longest);
  }

  boolean isExpired() {
    return !Instant.now().isBefore(who.until());
  }

  void answered() {
    answered = true;
  }

  /** Sends a ping if one is due; false if the last one has no answer yet. */
  boolean ping(long now, Duration every) {
    if (now - nextPing < 0) {
      return true;
    }
    boolean alive = answered;
    answered = false;
    nextPing = now + every.toNanos();
    return alive && outbox.offer(LiveMessage.PING);
  }

  /** Lets it go, once, for the first reason given; the connection itself is still to be closed. */
  void end(CloseCause reason) {
    if (closeCause.compareAndSet(null, reason)) {
      outbox.close();
      ended.accept(this);
    }
  }

  /** Why it was let go. */
  CloseCause closeCause() {
    CloseCause reason = closeCause.get();
    if (reason == null) {
      throw new IllegalStateException("still open");
    }
    return reason;
  }

  /** Waits a moment for what is being sent: not for a thread that others depend on. */
  void close() {
    long millis = LONGEST_FAREWELL.toMillis();
    try {
      session.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, millis);
      session.close(closeCause().toClient());
    } catch (IOException | IllegalStateException e) {
      // The client went away first.
    }
  }
}
