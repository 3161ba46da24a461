package holdfast.core.post;

import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Parameters;
import java.util.regex.Pattern;
import org.springframework.util.MultiValueMap;

/** Which part of a feed is asked for. */
record FeedQuery(int offset, int limit) {

  /** How far back a feed goes: the cost of a page grows with its offset. */
  static final int DEPTH = 10_000;

  private static final int MOST = 1_000;

  /** The part of each feed that is kept in the cache. */
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

  /** How many of the newest posts must be known. */
  int depth() {
    return Math.min(offset + limit, DEPTH);
  }

  boolean isKept() {
    return depth() <= KEPT.limit();
  }

  /** True if there is nothing that far back. */
  boolean pastTheEnd() {
    return offset >= DEPTH;
  }
}
