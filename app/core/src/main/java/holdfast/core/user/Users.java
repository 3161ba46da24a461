package holdfast.core.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import holdfast.platform.auth.KnownUsers;
import holdfast.platform.db.Database;
import holdfast.platform.retry.Deadline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Repository;

/** The users in the database. */
@Repository
final class Users implements KnownUsers {

  private static final String INSERT =
      """
      INSERT INTO users
        (id, first_name, second_name, birthdate, biography, city, password_hash)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO NOTHING
      """;

  private static final String SELECT =
      "SELECT id, first_name, second_name, birthdate, biography, city FROM users";

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
   * than its rows. The value is null if the page is larger than 2 MiB, because the sample predicted
   * too little.
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

  private static final RowMapper<User> USER =
      (row, number) ->
          new User(
              row.getObject("id", UUID.class),
              row.getString("first_name"),
              row.getString("second_name"),
              row.getObject("birthdate", LocalDate.class),
              row.getString("biography"),
              row.getString("city"));

  /**
   * How long a deleted user may still count as existing. Posts and friendships don't depend on
   * this: the statement that inserts one does nothing or fails if the user doesn't exist.
   */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(5);

  private static final int MOST_KNOWN = 10_000;

  private final Cache<UUID, Boolean> known =
      Caffeine.newBuilder().expireAfterWrite(KNOWN_FOR).maximumSize(MOST_KNOWN).build();
  private final Database database;

  Users(Database database) {
    this.database = database;
  }

  /** Adds a user. Does nothing if the user exists, because the request may be repeated. */
  void add(User user, String passwordHash) {
    List<Object> row =
        List.of(
            user.id(),
            user.firstName(),
            user.secondName(),
            user.birthdate(),
            user.biography(),
            user.city(),
            passwordHash);
    database.write(jdbc -> jdbc.sql(INSERT).params(row).update());
  }

  Optional<User> find(UUID id) {
    return database.find(
        jdbc -> jdbc.sql(SELECT + " WHERE id = ?").param(id).query(USER).optional());
  }

  @Override
  public boolean has(UUID id) {
    if (known.getIfPresent(id) != null) {
      return true;
    }
    Optional<Boolean> there =
        database.find(jdbc ->
            jdbc.sql("SELECT true FROM users WHERE id = ?")
                .param(id)
                .query(Boolean.class)
                .optional());
    there.ifPresent(yes -> known.put(id, yes));
    return there.isPresent();
  }

  Optional<Account> findAccount(UUID id) {
    return database.find(jdbc ->
        jdbc.sql("SELECT password_hash FROM users WHERE id = ?")
            .param(id)
            .query((row, number) -> new Account(row.getString(1)))
            .optional());
  }

  /** The first matching users after this id, limited to this number and to 2 MiB. */
  SearchPage search(SearchQuery query, UUID after, int most, Deadline deadline) {
    // The first result is empty if the users after the sample are much larger than the sample.
    return tryPage(query, after, most, deadline)
        .or(() -> tryPage(query, after, SAMPLE, deadline))
        .orElseThrow(() -> new IllegalStateException("no page of " + SAMPLE + " users fits"));
  }

  private Optional<SearchPage> tryPage(SearchQuery query, UUID after, int most, Deadline deadline) {
    List<Object> parameters = new ArrayList<>();
    String sql = searchSql(query, after, most, parameters);
    return database.readOne(
        deadline, jdbc -> jdbc.sql(sql).params(parameters).query(Users::page).single());
  }

  private static Optional<SearchPage> page(ResultSet row, int number) throws SQLException {
    int users = row.getInt(1);
    boolean full = row.getBoolean(2);
    byte[] json = users == 0 ? new byte[0] : row.getBytes(3);
    return Optional.ofNullable(json).map(it -> new SearchPage(users, it, full));
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
