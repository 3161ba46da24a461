package holdfast.core.post;

import holdfast.core.PostWritten;
import holdfast.platform.db.CommitResult;
import holdfast.platform.db.Database;
import holdfast.platform.errors.Unauthorized;
import holdfast.platform.redis.WriteMarks;
import holdfast.platform.request.CreatedIds;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.web.server.ResponseStatusException;

/** The posts in the database. */
@Repository
final class Posts {

  static final RowMapper<Post> POST =
      (row, number) ->
          new Post(
              row.getObject("id", UUID.class),
              row.getString("text"),
              row.getObject("author_id", UUID.class));

  /**
   * Inserts nothing if the author was deleted. The token of a deleted author is still accepted for
   * a while.
   */
  private static final String INSERT =
      """
      INSERT INTO posts (id, author_id, text, first_digest)
      SELECT :id, id, :text, :digest FROM users WHERE id = :author FOR KEY SHARE
      ON CONFLICT (id) DO NOTHING
      """;

  private static final String FIRST_DIGEST = "SELECT first_digest FROM posts WHERE id = ?";

  private static final String UPDATE =
      "UPDATE posts SET text = ? WHERE id = ? AND author_id = ? AND NOT deleted";

  private static final String DELETE =
      "UPDATE posts SET text = '', deleted = true WHERE id = ? AND author_id = ?";

  private static final String SELECT =
      "SELECT id, text, author_id FROM posts WHERE id = ? AND NOT deleted";

  private final Database database;
  private final CreatedIds createdIds;
  private final ApplicationEventPublisher events;

  Posts(Database database, CreatedIds createdIds, ApplicationEventPublisher events) {
    this.database = database;
    this.createdIds = createdIds;
    this.events = events;
  }

  /** Creates a post and returns its id. A repeated request gets the same id and creates nothing. */
  UUID create(UUID author, String text) {
    UUID id = createdIds.idOf("post", author.toString());
    long digest = createdIds.digestOf(text);
    CommitResult<UUID> written =
        database.commit(marks(author, id), jdbc -> insert(jdbc, id, author, text, digest));
    events.publishEvent(new PostWritten(id, written.lsn().asString()));
    return id;
  }

  /** Answers 404 if the author has no such post. */
  void update(UUID author, UUID id, String text) {
    change(author, id, jdbc -> jdbc.sql(UPDATE).params(text, id, author).update());
  }

  /** Answers 404 if the author never had such a post. Deleting a post again succeeds. */
  void delete(UUID author, UUID id) {
    change(author, id, jdbc -> jdbc.sql(DELETE).params(id, author).update());
  }

  Optional<Post> find(UUID id) {
    return database.find(
        List.of(WriteMarks.post(id)), jdbc -> jdbc.sql(SELECT).param(id).query(POST).optional());
  }

  /**
   * Throws if nothing changed, so that no mark is stored. Otherwise anyone could fill the cache
   * with marks.
   */
  private void change(UUID author, UUID id, ToIntFunction<JdbcClient> statement) {
    database.write(
        marks(author, id),
        jdbc -> {
          if (statement.applyAsInt(jdbc) == 0) {
            throw new ResponseStatusException(
                HttpStatus.NOT_FOUND, "id is not that of a post of yours");
          }
          return true;
        });
  }

  private static List<String> marks(UUID author, UUID id) {
    return List.of(WriteMarks.user(author), WriteMarks.post(id));
  }

  private static UUID insert(JdbcClient jdbc, UUID id, UUID author, String text, long digest) {
    int inserted =
        jdbc.sql(INSERT)
            .param("id", id)
            .param("author", author)
            .param("text", text)
            .param("digest", digest)
            .update();
    if (inserted == 0) {
      Optional<Long> first = jdbc.sql(FIRST_DIGEST).param(id).query(Long.class).optional();
      if (first.orElseThrow(Unauthorized::new) != digest) {
        throw new ResponseStatusException(
            HttpStatus.CONFLICT, "Idempotency-Key was given before, with another text");
      }
    }
    return id;
  }
}
