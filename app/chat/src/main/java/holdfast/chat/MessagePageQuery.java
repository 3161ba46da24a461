package holdfast.chat;

import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Parameters;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** Which messages of a dialog are asked for: the newest, or the newest before a position. */
record PageQuery(int limit, @Nullable Position before) {

  private static final int MOST = 1000;

  static PageQuery from(MultiValueMap<String, String> parameters) {
    Optional<String> before = Parameters.single(parameters, "before");
    return new PageQuery(
        Parameters.limit(parameters, MOST).orElse(MOST),
        before.map(PageQuery::position).orElse(null));
  }

  private static Position position(String text) {
    return Position.parse(text)
        .orElseThrow(
            () -> new BadRequest("before", "must be what an answer had in " + Page.NEXT_HEADER));
  }
}
