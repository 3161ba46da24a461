package holdfast.core.live;

import holdfast.core.PostWritten;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads new posts once for all subscribers of this node, and delivers every post once and in one
 * order. Only one thread reads posts and admits subscribers, so a subscriber always joins between
 * two reads. The subscriber needs no post up to its cursor, and gets every post after its cursor.
 *
 * <p>Wake-ups only make delivery faster. If they are lost, the read at the next poll interval finds
 * the same posts.
 *
 * <p>A post is held back until every older transaction has ended, because an older transaction may
 * contain an earlier post. A long transaction, such as a bulk load, therefore delays the live feed
 * of the whole system. The metric of {@link DeliveryLag} shows this.
 *
 * <p>In one case a post may be delivered twice: a replica showed it before its commit was
 * acknowledged, a failover then lost it, and core, nginx or the client repeated the write.
 */
@Component
final class LiveFeed implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(LiveFeed.class);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

  private final LivePosts posts;
  private final CatchUp catchUp;
  private final WakeUps wakeUps;
  private final Backlog backlog;
  private final JsonMapper json;
  private final Counter wokenReads;
  private final Counter polledReads;
  private final DeliveryLag lag;
  private final ReadPause pause;
  private final ThrottledWarning warning = new ThrottledWarning(log);
  private final SubscriberRegistry subscribers = new SubscriberRegistry();
  private final Queue<Subscriber> arriving = new ConcurrentLinkedQueue<>();

  private volatile boolean running;
  private volatile LogSequenceNumber seen = LogSequenceNumber.INVALID_LSN;
  private @Nullable Thread thread;

  /**
   * All posts up to this cursor were delivered to the subscribers. It is null if there are no
   * subscribers.
   */
  private @Nullable FeedCursor cursor;

  LiveFeed(
      LivePosts posts,
      CatchUp catchUp,
      WakeUps wakeUps,
      Backlog backlog,
      JsonMapper json,
      MeterRegistry metrics,
      LiveProperties properties) {
    this.posts = posts;
    this.catchUp = catchUp;
    this.wakeUps = wakeUps;
    this.backlog = backlog;
    this.json = json;
    this.wokenReads = metrics.counter("holdfast.live.reads", "cause", "wakeup");
    this.polledReads = metrics.counter("holdfast.live.reads", "cause", "poll");
    this.lag = new DeliveryLag(metrics);
    this.pause = new ReadPause(properties.poll());
  }

  /** Adds a subscriber, which gets the posts after its cursor. */
  void join(Subscriber subscriber, boolean mayHaveMissedMuch) {
    if (mayHaveMissedMuch) {
      catchUp(subscriber);
    } else {
      arrive(subscriber);
    }
  }

  void leave(Subscriber subscriber) {
    subscribers.remove(subscriber);
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name("live-feed").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    wakeUps.nudge();
    try {
      if (thread != null) {
        thread.join(LONGEST_STOP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /**
   * Stops after {@link Subscribers}, which closes the connections: posts are delivered until then.
   */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 2;
  }

  private void run() {
    while (running) {
      try {
        PostWritten post = wakeUps.takeHere(pause.length());
        admit();
        look(post);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        warning.say("new posts can't be read: {}", e.toString());
        pause.reset();
      }
    }
  }

  private void arrive(Subscriber subscriber) {
    arriving.add(subscriber);
    wakeUps.nudge();
  }

  private void catchUp(Subscriber subscriber) {
    catchUp.begin(subscriber, seen, this::arrive);
  }

  private void admit() {
    List<Subscriber> next = new ArrayList<>();
    for (Subscriber one = arriving.poll(); one != null; one = arriving.poll()) {
      next.add(one);
    }
    next.sort(Comparator.comparing(Subscriber::cursor));
    next.forEach(this::admit);
  }

  private void admit(Subscriber subscriber) {
    FeedCursor reached = cursor == null ? subscriber.cursor() : cursor;
    if (reached.isAfter(subscriber.cursor())) {
      catchUp(subscriber);
      return;
    }
    cursor = reached;
    subscribers.add(subscriber);
    if (!subscriber.isOpen()) {
      // The subscriber left in the meantime, and nobody else would remove it.
      subscribers.remove(subscriber);
    }
  }

  private void look(@Nullable PostWritten post) {
    if (cursor == null || subscribers.size() == 0) {
      cursor = null;
      lag.upTo(System.nanoTime(), Duration.ZERO);
      pause.reset();
      return;
    }
    LogSequenceNumber atLeast =
        post == null ? LogSequenceNumber.INVALID_LSN : LatestPostSlot.position(post);
    boolean known = post != null && pause.isWhole() && atLeast.compareTo(seen) <= 0;
    if (!known) {
      (post == null ? polledReads : wokenReads).increment();
      read(cursor, atLeast);
    }
  }

  private void read(FeedCursor after, LogSequenceNumber atLeast) {
    long began = System.nanoTime();
    PostBatch batch = posts.batch(after, atLeast, subscribers.users());
    batch.posts().forEach(this::deliver);
    cursor = batch.end();
    if (!batch.more()) {
      lag.upTo(began, batch.undecided().orElse(Duration.ZERO));
    }
    if (seen.compareTo(batch.shown()) < 0) {
      seen = batch.shown();
    }
    pause.after(batch);
  }

  private void deliver(LivePost post) {
    LiveMessage message = new LiveMessage(post.json(json), post.createdAt(), backlog);
    for (UUID reader : post.readers()) {
      for (Subscriber subscriber : subscribers.of(reader)) {
        if (post.cursor().isAfter(subscriber.cursor()) && !subscriber.offer(message)) {
          subscriber.end(CloseCause.SLOW);
        }
      }
    }
  }
}
