package holdfast.core.user;

import holdfast.platform.BadRequest;
import holdfast.platform.Ids;
import holdfast.platform.TextRule;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The parameters of a search; without a limit, all that match. */
record SearchQuery(
    Prefix firstName, Prefix secondName, @Nullable Integer limit, @Nullable UUID after) {

  private static final int MOST = 10_000;
  private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,4}");

  static SearchQuery from(MultiValueMap<String, String> parameters) {
    return new SearchQuery(
        prefix(parameters, "first_name"),
        prefix(parameters, "last_name"),
        single(parameters, "limit").map(SearchQuery::limit).orElse(null),
        single(parameters, "after").map(SearchQuery::after).orElse(null));
  }

  private static Prefix prefix(MultiValueMap<String, String> parameters, String name) {
    String text = single(parameters, name).orElse(null);
    String problem = TextRule.problem(text, 1, 100);
    if (text == null || problem != null) {
      throw new BadRequest(name, String.valueOf(problem));
    }
    return new Prefix(text);
  }

  private static Integer limit(String text) {
    if (!LIMIT.matcher(text).matches() || Integer.parseInt(text) > MOST) {
      throw new BadRequest("limit", "must be a number from 1 to " + MOST);
    }
    return Integer.valueOf(text);
  }

  private static UUID after(String text) {
    return Ids.parse(text).orElseThrow(() -> new BadRequest("after", "must be a user's id"));
  }

  private static Optional<String> single(MultiValueMap<String, String> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new BadRequest(name, "must be given once");
    }
    return values.stream().findFirst();
  }
}
