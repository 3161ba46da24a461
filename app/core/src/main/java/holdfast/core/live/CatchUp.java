package holdfast.core.live;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends subscribers the posts that they missed, in batches, as fast as each client reads. A
 * subscriber that was away for long needs many batches. Only a few batches are read at once, so
 * that requests still get database connections.
 */
@Component
final class CatchUp {

  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  /**
   * The number of batches that are read at once. It is small, because requests use the same
   * connections to the replicas.
   */
  private static final int READING = 2;

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Semaphore reading = new Semaphore(READING, true);
  private final ThrottledWarning warning = new ThrottledWarning(log);
  private final LivePosts posts;
  private final Backlog backlog;
  private final JsonMapper json;
  private final Duration sendTimeout;

  CatchUp(LivePosts posts, Backlog backlog, JsonMapper json, LiveProperties properties) {
    this.posts = posts;
    this.backlog = backlog;
    this.json = json;
    this.sendTimeout = properties.sendTimeout();
  }

  /**
   * Starts in the background, and returns at once.
   *
   * @param atLeast the WAL position that the server must have replayed
   * @param done called with the subscriber when it has received all posts whose place in the order
   *     is final
   */
  void begin(Subscriber subscriber, LogSequenceNumber atLeast, Consumer<Subscriber> done) {
    Thread.startVirtualThread(() -> {
      try {
        while (subscriber.isOpen()) {
          boolean more = sendPage(subscriber, atLeast);
          if (!subscriber.awaitSent(sendTimeout)) {
            subscriber.end(CloseCause.SLOW);
          } else if (!more) {
            done.accept(subscriber);
            return;
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /** Sends one batch. Returns true if there is more to send. */
  private boolean sendPage(Subscriber subscriber, LogSequenceNumber atLeast)
      throws InterruptedException {
    reading.acquire();
    try {
      if (!backlog.isFull()) {
        PostBatch batch = posts.batch(subscriber.cursor(), atLeast, List.of(subscriber.user()));
        return !offer(subscriber, batch) || batch.more();
      }
    } catch (RuntimeException e) {
      warning.say("missed posts can't be read: {}", e.toString());
    } finally {
      reading.release();
    }
    Thread.sleep(PAUSE);
    return true;
  }

  /** Returns false if the outbox had no room for the whole batch. */
  private boolean offer(Subscriber subscriber, PostBatch batch) {
    for (LivePost post : batch.posts()) {
      if (!subscriber.offer(new LiveMessage(post.json(json), post.createdAt(), backlog))) {
        return false;
      }
      subscriber.moveTo(post.cursor());
    }
    subscriber.moveTo(batch.end());
    return true;
  }
}
