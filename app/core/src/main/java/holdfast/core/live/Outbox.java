package holdfast.core.live;

import holdfast.platform.retry.Deadline;
import jakarta.websocket.RemoteEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait for one subscriber. A virtual thread runs while there is something to
 * send, so a slow client blocks only its own thread.
 */
final class Outbox {

  /**
   * The most unsent characters. A client with more is too slow. One batch always fits, even if
   * escaping makes each character six times as long.
   */
  private static final int MOST_CHARS = 8 * LivePosts.PAGE_CHARS;

  private final RemoteEndpoint.Basic remote;
  private final Consumer<Duration> delivered;
  private final Runnable failed;
  private final Queue<LiveMessage> waiting = new ArrayDeque<>();
  private int unsentChars;
  private boolean sending;
  private long sendingSince;
  private boolean closed;

  /**
   * @param delivered called with the age of the post for each message that was sent
   * @param failed called once when nothing more can be sent
   */
  Outbox(RemoteEndpoint.Basic remote, Consumer<Duration> delivered, Runnable failed) {
    this.remote = remote;
    this.delivered = delivered;
    this.failed = failed;
  }

  /** Queues the message. Returns false if the client is too slow to get more. */
  synchronized boolean offer(LiveMessage message) {
    int length = message.json().length();
    if (unsentChars > 0 && (unsentChars + length > MOST_CHARS || !message.mayWait())) {
      return false;
    }
    if (!closed) {
      message.hold();
      waiting.add(message);
      unsentChars += length;
      if (!sending) {
        sending = true;
        sendingSince = System.nanoTime();
        Thread.startVirtualThread(this::sendAll);
      }
    }
    return true;
  }

  /** Waits until everything is sent. Returns false if the time is over. */
  synchronized boolean awaitEmpty(Duration longest) throws InterruptedException {
    Deadline.in(longest).await(this, () -> unsentChars == 0);
    return unsentChars == 0;
  }

  /** True if sending the current message has taken longer than this. */
  synchronized boolean isStuck(Duration longest) {
    return sending && System.nanoTime() - sendingSince > longest.toNanos();
  }

  /** Drops the messages that wait. */
  synchronized void close() {
    closed = true;
    while (!waiting.isEmpty()) {
      done(waiting.remove());
    }
  }

  private void sendAll() {
    try {
      for (LiveMessage message = next(); message != null; message = next()) {
        send(message);
      }
    } catch (IOException | IllegalStateException e) {
      // The client disconnected, or Tomcat has already closed the session.
      failed.run();
    }
  }

  private void send(LiveMessage message) throws IOException {
    try {
      if (message == LiveMessage.PING) {
        remote.sendPing(ByteBuffer.allocate(0));
      } else {
        remote.sendText(message.json());
        delivered.accept(Duration.between(message.createdAt(), Instant.now()));
      }
    } finally {
      done(message);
    }
  }

  private synchronized @Nullable LiveMessage next() {
    LiveMessage message = waiting.poll();
    sending = message != null;
    sendingSince = System.nanoTime();
    return message;
  }

  private synchronized void done(LiveMessage message) {
    message.release();
    unsentChars -= message.json().length();
    notifyAll();
  }
}
