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
 * Sends subscribers what they missed, page by page, each as fast as its client takes it. One who
 * was away for long costs many pages: few are read at once, in turn.
 */
@Component
final class CatchUp {

  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  /** Few of the connections to the replicas, which all requests share. */
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
   * Returns at once.
   *
   * @param atLeast how much of the log must be looked at
   * @param done gets the subscriber when it has all that is decided
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

  /** True if there is more to do. */
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

  /** False if it had no place for all of the page. */
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
