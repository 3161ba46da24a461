package holdfast.core.user;

import holdfast.platform.errors.BadRequest;
import holdfast.platform.validation.Ids;
import holdfast.platform.validation.Parameters;
import holdfast.platform.validation.TextRule;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The parameters of a search. Without a limit, the search returns all matches. */
record SearchQuery(
    NamePrefix firstName, NamePrefix secondName, @Nullable Integer limit, @Nullable UUID after) {

  private static final int MOST = 10_000;

  static SearchQuery from(MultiValueMap<String, String> parameters) {
    return new SearchQuery(
        prefix(parameters, "first_name"),
        prefix(parameters, "last_name"),
        Parameters.limit(parameters, MOST).orElse(null),
        Parameters.single(parameters, "after").map(SearchQuery::after).orElse(null));
  }

  private static NamePrefix prefix(MultiValueMap<String, String> parameters, String name) {
    String text = Parameters.single(parameters, name).map(TextRule::composed).orElse(null);
    String problem = TextRule.problem(text, 1, 100);
    if (text == null || problem != null) {
      throw new BadRequest(name, String.valueOf(problem));
    }
    return new NamePrefix(text);
  }

  private static UUID after(String text) {
    return Ids.parse(text).orElseThrow(() -> new BadRequest("after", "must be a user's id"));
  }
}
