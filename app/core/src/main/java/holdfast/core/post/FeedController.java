package holdfast.core.post;

import holdfast.platform.auth.Caller;
import holdfast.platform.http.JsonArrayBody;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
final class FeedController {

  /**
   * An answer up to this size is kept in memory, so that a failed read can be retried. Most feeds
   * are smaller.
   */
  private static final int KEPT_BYTES = 1000 * 1024;

  private final FeedReader feeds;
  private final JsonMapper json;

  FeedController(FeedReader feeds, JsonMapper json) {
    this.feeds = feeds;
    this.json = json;
  }

  @GetMapping(path = "/post/feed", produces = MediaType.APPLICATION_JSON_VALUE)
  void feed(
      @Caller UUID caller,
      @RequestParam MultiValueMap<String, String> parameters,
      HttpServletResponse response)
      throws IOException {
    FeedQuery query = FeedQuery.from(parameters);
    JsonArrayBody body = new JsonArrayBody(response, KEPT_BYTES, ",");
    if (!query.pastTheEnd()) {
      feeds.page(caller, query, new PostArray(json, body));
    }
    body.send();
  }
}
