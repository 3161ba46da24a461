package holdfast.core.user;

import holdfast.platform.db.Database;
import holdfast.platform.retry.Deadline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.stereotype.Repository;

/** The statements of a search. */
@Repository
final class SearchQueries {

  /**
   * The condition that lets PostgreSQL use the index users_search, or users_search_long for three
   * characters.
   */
  private static final String MATCHING =
      "left(first_name, %1$d) = ? AND left(second_name, %1$d) = ? AND id > ?";

  private static final int LONG = 3;

  /**
   * Conditions for prefixes that are longer than the indexed characters. For other prefixes they
   * are left out, because they would be checked thousands of times for nothing.
   */
  private static final String LONGER =
      " AND first_name >= ? AND first_name < ? AND second_name >= ? AND second_name < ?";

  /**
   * The rows of a page, joined by the database. One value of half a megabyte is cheaper to transfer
   * than its rows. The value is null if the page is larger than 2 MiB. This happens if the users
   * after the sample are much larger than the sample.
   */
  private static final String PAGE =
      """
      WITH most AS (SELECT %2$s AS users)
      SELECT count(*), count(*) = (SELECT users FROM most),
        CASE WHEN sum(octet_length(as_json)) <= 2097152 THEN string_agg(as_json, E',\\n') END
      FROM (SELECT as_json FROM users WHERE %1$s
            ORDER BY id LIMIT (SELECT users FROM most)) AS page
      """;

  /**
   * The number of users whose sizes are sampled. A biography may take 60 KB, and this many users
   * always fit into a page.
   */
  private static final int SAMPLE = 32;

  /**
   * Estimates the number of users for a page of 1 MiB. Ids are random, so the first users show how
   * large the others are.
   */
  private static final String MEASURED =
      """
      (SELECT least(?::bigint, 8192, 1048576 * count(*) / sum(octet_length(as_json)))
       FROM (SELECT as_json FROM users WHERE %s ORDER BY id LIMIT %d) AS sample)
      """;

  /**
   * The version of the users with these initials. V10__version_searches.sql says what it is made
   * of. If no row exists, the version is random, and no tag holds.
   */
  private static final String VERSION =
      """
      SELECT coalesce(md5(string_agg(part::text, ',' ORDER BY part))::uuid, gen_random_uuid())
      FROM (SELECT part FROM search_versions WHERE first_initial = ? AND second_initial = ?
            UNION ALL SELECT part FROM search_versions WHERE first_initial = '') AS parts
      """;

  /**
   * A page with its version. Both must come from the same statement. A second statement could see a
   * newer version, and nginx would keep the older users under the newer version.
   */
  private static final String VERSIONED = "SELECT page.*, (%s) AS version FROM (%s) AS page";

  private final Database database;

  SearchQueries(Database database) {
    this.database = database;
  }

  /** The version of all answers to searches for these initials. */
  UUID version(SearchQuery query, @Nullable LogSequenceNumber needed, Deadline deadline) {
    return database.readOne(
        needed,
        deadline,
        jdbc -> jdbc.sql(VERSION).params(initials(query)).query(UUID.class).single());
  }

  /**
   * The first matching users whose ids follow {@code after}: at most {@code most} users, and at
   * most 2 MiB.
   */
  SearchPage page(
      SearchQuery query,
      UUID after,
      int most,
      @Nullable LogSequenceNumber needed,
      Deadline deadline) {
    // The first result is empty if the users after the sample are much larger than the sample.
    return tryPage(query, after, most, needed, deadline)
        .or(() -> tryPage(query, after, SAMPLE, needed, deadline))
        .orElseThrow(() -> new IllegalStateException("no page of " + SAMPLE + " users fits"));
  }

  private Optional<SearchPage> tryPage(
      SearchQuery query,
      UUID after,
      int most,
      @Nullable LogSequenceNumber needed,
      Deadline deadline) {
    List<Object> parameters = new ArrayList<>(initials(query));
    String sql = VERSIONED.formatted(VERSION, searchSql(query, after, most, parameters));
    return database.readOne(
        needed,
        deadline,
        jdbc -> jdbc.sql(sql).params(parameters).query(SearchQueries::page).single());
  }

  private static Optional<SearchPage> page(ResultSet row, int number) throws SQLException {
    int users = row.getInt(1);
    boolean full = row.getBoolean(2);
    byte[] json = users == 0 ? new byte[0] : row.getBytes(3);
    UUID version = row.getObject("version", UUID.class);
    return Optional.ofNullable(json).map(it -> new SearchPage(users, it, full, version));
  }

  private static List<String> initials(SearchQuery query) {
    return List.of(query.firstName().head(1), query.secondName().head(1));
  }

  static String searchSql(SearchQuery query, UUID after, int most, List<Object> parameters) {
    NamePrefix first = query.firstName();
    NamePrefix second = query.secondName();
    int head = Math.min(first.length(), second.length()) < LONG ? 1 : LONG;
    List<Object> names = new ArrayList<>(List.of(first.head(head), second.head(head), after));
    String matching = MATCHING.formatted(head);
    if (Math.max(first.length(), second.length()) > head) {
      matching += LONGER;
      names.addAll(List.of(first.from(), first.below(), second.from(), second.below()));
    }
    parameters.add(most);
    if (most > SAMPLE) {
      parameters.addAll(names);
    }
    parameters.addAll(names);
    String limit = most > SAMPLE ? MEASURED.formatted(matching, SAMPLE) : "?::bigint";
    return PAGE.formatted(matching, limit);
  }
}
