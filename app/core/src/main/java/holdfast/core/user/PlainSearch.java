package holdfast.core.user;

import holdfast.platform.db.Database;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.NoHandlerFoundException;

/**
 * The search as most would write it: select columns, map objects, serialise. For lab/bench search,
 * which switches it on; nobody else has it.
 */
@RestController
final class PlainSearch {

  private static final String MATCHING =
      """
      SELECT id, first_name, second_name, birthdate, biography, city FROM users
      WHERE left(first_name, 1) = ? AND left(second_name, 1) = ?
        AND first_name >= ? AND first_name < ? AND second_name >= ? AND second_name < ?
      ORDER BY id
      """;

  private static final String PATH = "/user/search/plain";

  private final Database database;
  private final boolean on;

  // Asked here and not by a condition: those are decided on when the jar is built.
  PlainSearch(Database database, @Value("${holdfast.bench.plain-search:false}") boolean on) {
    this.database = database;
    this.on = on;
  }

  /** Throws {@link NoHandlerFoundException} where it is not switched on. */
  @GetMapping(PATH)
  List<User> search(@RequestParam MultiValueMap<String, String> parameters)
      throws NoHandlerFoundException {
    if (!on) {
      throw new NoHandlerFoundException("GET", PATH, HttpHeaders.EMPTY);
    }
    SearchQuery query = SearchQuery.from(parameters);
    NamePrefix first = query.firstName();
    NamePrefix second = query.secondName();
    return database.readOne(jdbc ->
        jdbc.sql(MATCHING)
            .params(first.head(1), second.head(1))
            .params(first.from(), first.below(), second.from(), second.below())
            .query(Users.USER)
            .list());
  }
}
