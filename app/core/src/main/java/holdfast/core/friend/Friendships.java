package holdfast.core.friend;

import holdfast.core.FriendsChanged;
import holdfast.platform.db.Database;
import holdfast.platform.errors.Unauthorized;
import holdfast.platform.redis.WriteMarks;
import java.util.List;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The friendships in the database. Each user reads the posts of their friends. */
@Repository
final class Friendships {

  /** The largest number of friends for which the feed's query is fast enough. */
  static final int MOST = 5_000;

  /**
   * Serialises concurrent requests of one user. Without the lock, two requests together could
   * exceed MOST.
   */
  private static final String LOCK_READER = "SELECT true FROM users WHERE id = ? FOR NO KEY UPDATE";

  private static final String LOCK_FRIEND = "SELECT true FROM users WHERE id = ? FOR KEY SHARE";

  private static final String INSERT =
      """
      INSERT INTO friendships (user_id, friend_id)
      SELECT :reader, :friend
      WHERE (SELECT count(*) FROM friendships WHERE user_id = :reader AND friend_id <> :friend)
        < :most
      ON CONFLICT DO NOTHING
      """;

  private static final String EXISTS =
      "SELECT true FROM friendships WHERE user_id = ? AND friend_id = ?";

  private static final String DELETE =
      "DELETE FROM friendships WHERE user_id = ? AND friend_id = ?";

  private final Database database;
  private final ApplicationEventPublisher events;

  Friendships(Database database, ApplicationEventPublisher events) {
    this.database = database;
    this.events = events;
  }

  /** Adds a friend. A repeated request changes nothing. */
  Outcome set(UUID reader, UUID friend) {
    Outcome outcome =
        database.write(
            List.of(WriteMarks.user(reader)),
            jdbc -> {
              if (!isThere(jdbc, LOCK_READER, reader)) {
                throw new Unauthorized();
              }
              if (!isThere(jdbc, LOCK_FRIEND, friend)) {
                return Outcome.UNKNOWN;
              }
              int inserted =
                  jdbc.sql(INSERT)
                      .param("reader", reader)
                      .param("friend", friend)
                      .param("most", MOST)
                      .update();
              return inserted == 1 || isThere(jdbc, EXISTS, reader, friend)
                  ? Outcome.SET
                  : Outcome.TOO_MANY;
            });
    events.publishEvent(new FriendsChanged(reader));
    return outcome;
  }

  void delete(UUID reader, UUID friend) {
    database.write(
        List.of(WriteMarks.user(reader)), jdbc -> jdbc.sql(DELETE).params(reader, friend).update());
    events.publishEvent(new FriendsChanged(reader));
  }

  private static boolean isThere(JdbcClient jdbc, String sql, Object... parameters) {
    return jdbc.sql(sql).params(parameters).query(Boolean.class).optional().isPresent();
  }

  enum Outcome {
    SET,
    UNKNOWN,
    TOO_MANY
  }
}
