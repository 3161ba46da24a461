package holdfast.chat;

import holdfast.platform.http.JsonArrayBody;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A page of messages. They are taken from the newest to the oldest, and written as a JSON array
 * from the oldest to the newest.
 */
final class MessagePage {

  static final String NEXT_HEADER = "X-Next-Before";

  /**
   * The limit of a page, in bytes of JSON. Without it, a thousand long messages would take 40 MB.
   */
  static final int MOST_BYTES = 1024 * 1024;

  private final JsonMapper json;
  private final int limit;
  private final Deque<byte[]> messages = new ArrayDeque<>();
  private int bytes = "[]".length();
  private @Nullable MessageCursor oldest;
  private boolean olderRemain;

  MessagePage(JsonMapper json, int limit) {
    this.json = json;
    this.limit = limit;
  }

  /** Takes the next older message. Returns false if the page has no room for it. */
  boolean take(Message message, MessageCursor position) {
    byte[] element = json.writeValueAsBytes(message);
    int separator = messages.isEmpty() ? 0 : 1;
    if (messages.size() == limit || bytes + separator + element.length > MOST_BYTES) {
      olderRemain = true;
      return false;
    }
    messages.addFirst(element);
    bytes += separator + element.length;
    oldest = position;
    return true;
  }

  /** The position where the next page begins. It is empty if there are no older messages. */
  Optional<MessageCursor> next() {
    return olderRemain ? Optional.ofNullable(oldest) : Optional.empty();
  }

  void writeTo(JsonArrayBody body) throws IOException {
    for (byte[] message : messages) {
      body.add(message);
    }
    body.send();
  }
}
