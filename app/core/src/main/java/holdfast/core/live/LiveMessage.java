package holdfast.core.live;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** A message to subscribers: either a ping or a post. Several subscribers may share one message. */
final class LiveMessage {

  static final LiveMessage PING = new LiveMessage("", Instant.EPOCH, new Backlog());

  private final String json;
  private final Instant createdAt;
  private final Backlog backlog;
  private final AtomicInteger holders = new AtomicInteger();

  LiveMessage(String json, Instant createdAt, Backlog backlog) {
    this.json = json;
    this.createdAt = createdAt;
    this.backlog = backlog;
  }

  String json() {
    return json;
  }

  Instant createdAt() {
    return createdAt;
  }

  /** Whether the message is allowed to wait behind others; false if the node's backlog is full. */
  boolean mayWait() {
    return !backlog.isFull();
  }

  void hold() {
    if (holders.getAndIncrement() == 0) {
      backlog.add(json.length());
    }
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      backlog.add(-json.length());
    }
  }
}
