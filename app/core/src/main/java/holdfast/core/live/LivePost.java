package holdfast.core.live;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * A post on its way to those who read its author.
 *
 * @param readers of those asked for, who have the author as a friend; not empty
 */
record LivePost(
    FeedCursor cursor, UUID author, String text, Instant createdAt, List<UUID> readers) {

  String json(JsonMapper json) {
    return json.writeValueAsString(new Event(cursor.postId(), text, author));
  }

  /** The contract's names, which follow no one style. */
  private record Event(
      @JsonProperty("postId") UUID postId,
      @JsonProperty("postText") String postText,
      @JsonProperty("author_user_id") UUID author) {}
}
