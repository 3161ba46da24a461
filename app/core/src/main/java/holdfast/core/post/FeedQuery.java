package holdfast.core.post;

import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Parameters;
import java.util.regex.Pattern;
import org.springframework.util.MultiValueMap;

/** The part of a feed that a request asks for. */
record FeedQuery(int offset, int limit) {

  /**
   * The largest number of posts in a feed. It is limited because a page costs more the larger its
   * offset is.
   */
  static final int DEPTH = 10_000;

  private static final int MOST = 1_000;

  /** The part of each feed that is cached. */
  static final FeedQuery KEPT = new FeedQuery(0, MOST);

  private static final int USUAL = 10;
  private static final Pattern OFFSET = Pattern.compile("[0-9]{1,18}");

  static FeedQuery from(MultiValueMap<String, String> parameters) {
    String offset = Parameters.single(parameters, "offset").orElse("0");
    if (!OFFSET.matcher(offset).matches()) {
      throw new BadRequest("offset", "must be a number from 0");
    }
    int limit = Parameters.limit(parameters, MOST).orElse(USUAL);
    return new FeedQuery((int) Math.min(Long.parseLong(offset), DEPTH), limit);
  }

  /** The number of newest posts that must be known for this page. */
  int depth() {
    return Math.min(offset + limit, DEPTH);
  }

  boolean isKept() {
    return depth() <= KEPT.limit();
  }

  /** True if the page begins after the end of every feed. */
  boolean pastTheEnd() {
    return offset >= DEPTH;
  }
}
