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

/** One open connection and the progress of its client. */
final class Subscriber {

  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

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
   * @param delivered called with the age of the post for each message that was sent
   * @param ended called once when this subscriber gets nothing more. It must return at once.
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

  /** Posts after this cursor are still to be sent. */
  FeedCursor cursor() {
    return cursor;
  }

  void moveTo(FeedCursor further) {
    cursor = further;
  }

  boolean isOpen() {
    return closeCause.get() == null;
  }

  /** Queues the message. Returns false if the client is too slow to get more. */
  boolean offer(LiveMessage message) {
    return outbox.offer(message);
  }

  /** Waits until everything is sent. Returns false if the time is over. */
  boolean awaitSent(Duration longest) throws InterruptedException {
    return outbox.awaitEmpty(longest);
  }

  /** True if sending the current message has taken longer than this. */
  boolean isStuck(Duration longest) {
    return outbox.isStuck(longest);
  }

  boolean isExpired() {
    return !Instant.now().isBefore(who.until());
  }

  void answered() {
    answered = true;
  }

  /** Sends a ping if one is due. Returns false if the client hasn't answered the previous one. */
  boolean ping(long now, Duration every) {
    if (now - nextPing < 0) {
      return true;
    }
    boolean alive = answered;
    answered = false;
    nextPing = now + every.toNanos();
    return alive && outbox.offer(LiveMessage.PING);
  }

  /**
   * Stops the delivery. Only the first call and its cause count. The connection still has to be
   * closed.
   */
  void end(CloseCause reason) {
    if (closeCause.compareAndSet(null, reason)) {
      outbox.close();
      ended.accept(this);
    }
  }

  /** The cause that was given first. */
  CloseCause closeCause() {
    CloseCause reason = closeCause.get();
    if (reason == null) {
      throw new IllegalStateException("still open");
    }
    return reason;
  }

  /**
   * Closes the connection. This waits briefly for the message that is being sent, so it must not
   * run on a shared thread.
   */
  void close() {
    long millis = LONGEST_CLOSE.toMillis();
    try {
      session.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, millis);
      session.close(closeCause().toClient());
    } catch (IOException | IllegalStateException e) {
      // The client closed the connection first.
    }
  }
}
