package holdfast.core.user;

import holdfast.platform.Database;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The search as most would write it: select columns, map objects, serialise. For lab/bench search,
 * which switches it on; nobody else has it.
 */
@RestController
@ConditionalOnProperty(name = "holdfast.bench.plain-search", havingValue = "true")
final class PlainSearch {

  private static final String MATCHING =
      """
      SELECT id, first_name, second_name, birthdate, biography, city FROM users
      WHERE left(first_name, 1) = ? AND left(second_name, 1) = ?
        AND first_name >= ? AND first_name < ? AND second_name >= ? AND second_name < ?
      ORDER BY id
      """;

  private final Database database;

  PlainSearch(Database database) {
    this.database = database;
  }

  @GetMapping("/user/search/plain")
  List<User> search(@RequestParam MultiValueMap<String, String> parameters) {
    SearchQuery query = SearchQuery.from(parameters);
    Prefix first = query.firstName();
    Prefix second = query.secondName();
    return database.readOne(jdbc ->
        jdbc.sql(MATCHING)
            .params(first.head(1), second.head(1))
            .params(first.from(), first.below(), second.from(), second.below())
            .query(Users.USER)
            .list());
  }
}
