package holdfast.core.post;

import holdfast.platform.http.JsonArrayBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** The posts of a feed on their way into its answer. */
final class PostArray {

  private final ObjectWriter posts;
  private final JsonArrayBody body;

  PostArray(JsonMapper json, JsonArrayBody body) {
    this.posts = json.writerFor(Post.class);
    this.body = body;
  }

  /** Drops what a failed read has added; throws if the client has received some of it. */
  void restart() {
    body.restart();
  }

  /** True as long as it may be restarted. */
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
