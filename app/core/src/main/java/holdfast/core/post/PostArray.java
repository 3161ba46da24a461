package holdfast.core.post;

import holdfast.platform.http.JsonArrayBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** The JSON array of a feed's posts. */
final class PostArray {

  private final ObjectWriter posts;
  private final JsonArrayBody body;

  PostArray(JsonMapper json, JsonArrayBody body) {
    this.posts = json.writerFor(Post.class);
    this.body = body;
  }

  /** Drops the posts that a failed read added. Throws if the client has received some of them. */
  void restart() {
    body.restart();
  }

  /** True as long as the array may be restarted. */
  boolean isKept() {
    return body.isKept();
  }

  void add(Post post) {
    try {
      body.add(posts.writeValueAsBytes(post));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
