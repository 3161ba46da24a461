package holdfast.core.live;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * A post on its way to the readers of its author.
 *
 * @param readers the users who have the author as a friend, among the readers for whom the batch
 *     was read. The list is never empty.
 */
record LivePost(
    FeedCursor cursor, UUID author, String text, Instant createdAt, List<UUID> readers) {

  String json(JsonMapper json) {
    return json.writeValueAsString(new Event(cursor.postId(), text, author));
  }

  /** The JSON names come from the contract, which mixes two styles. */
  private record Event(
      @JsonProperty("postId") UUID postId,
      @JsonProperty("postText") String postText,
      @JsonProperty("author_user_id") UUID author) {}
}
