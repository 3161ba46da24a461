package holdfast.chat;

import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Parameters;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The messages that a request asks for: the newest ones, or the newest ones before a position. */
record MessagePageQuery(int limit, @Nullable MessageCursor before) {

  private static final int MOST = 1000;

  static MessagePageQuery from(MultiValueMap<String, String> parameters) {
    Optional<String> before = Parameters.single(parameters, "before");
    return new MessagePageQuery(
        Parameters.limit(parameters, MOST).orElse(MOST),
        before.map(MessagePageQuery::position).orElse(null));
  }

  private static MessageCursor position(String text) {
    return MessageCursor.parse(text)
        .orElseThrow(() ->
            new BadRequest(
                "before", "must be the " + MessagePage.NEXT_HEADER + " of an earlier answer"));
  }
}
