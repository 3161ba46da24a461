package holdfast.core.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import holdfast.platform.auth.KnownUsers;
import holdfast.platform.db.Database;
import holdfast.platform.redis.WriteMarks;
import java.time.Duration;
import java.time.LocalDate;
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

  /**
   * Adds a user. Does nothing if the user exists, because the request may be repeated. The mark
   * lets users find themselves as soon as they have signed in.
   */
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
    database.write(
        List.of(WriteMarks.registration(user.id())), jdbc -> jdbc.sql(INSERT).params(row).update());
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
}
