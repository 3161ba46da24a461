package holdfast.core.post;

import holdfast.platform.Database;
import holdfast.platform.Marks;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What a user's friends wrote, newest first. */
@Repository
final class Feed {

  /**
   * The newest posts of all friends, of which there may be thousands with thousands of posts each,
   * in rounds: each draws the head of every friend's index entries and keeps the best. A friend all
   * of whose drawn entries are among the best may have more of them, and is drawn again in the next
   * round, twice as deep. Since there are few such friends the more is drawn of each, a round reads
   * at most twice the entries that are asked for, after a first one over all friends.
   */
  static final String PAGE =
      """
      WITH RECURSIVE draw (size, open, ids, times) AS (
        SELECT 1 + 2 * :depth / greatest(count(*), 1), array_agg(friend_id),
               '{}'::uuid[], '{}'::timestamptz[]
        FROM friendships WHERE user_id = :reader
      UNION ALL
        SELECT 2 * draw.size, next.open, next.ids, next.times
        FROM draw CROSS JOIN LATERAL (
          WITH best AS MATERIALIZED (
            SELECT id, created_at, author FROM (
              SELECT head.id, head.created_at, author
              FROM unnest(draw.open) AS author CROSS JOIN LATERAL (
                SELECT id, created_at FROM posts WHERE author_id = author AND NOT deleted
                ORDER BY created_at DESC, id DESC LIMIT draw.size) AS head
              UNION ALL
              SELECT id, created_at, NULL
              FROM unnest(draw.ids, draw.times) AS known (id, created_at)) AS drawn
            ORDER BY created_at DESC, id DESC LIMIT :depth
          ), unsure AS MATERIALIZED (
            SELECT author FROM best WHERE author IS NOT NULL
            GROUP BY author HAVING count(*) = draw.size
          )
          SELECT (SELECT array_agg(author) FROM unsure) AS open,
                 array_agg(id) AS ids, array_agg(created_at) AS times
          FROM best WHERE NOT EXISTS (SELECT FROM unsure WHERE unsure.author = best.author)
        ) AS next
        WHERE draw.open IS NOT NULL
      ), page AS (
        SELECT entry.id, entry.created_at
        FROM draw CROSS JOIN unnest(draw.ids, draw.times) AS entry (id, created_at)
        WHERE draw.open IS NULL
        ORDER BY entry.created_at DESC, entry.id DESC OFFSET :offset LIMIT :limit
      )
      SELECT posts.id, posts.text, posts.author_id FROM page JOIN posts USING (id)
      ORDER BY page.created_at DESC, id DESC
      """;

  /** A text may take 40 KB: what the driver holds at once is this many rows a connection. */
  private static final int FETCH_SIZE = 64;

  private final Database database;

  Feed(Database database) {
    this.database = database;
  }

  /** Hands over the posts of a page, in order; anew after each restart. */
  void page(UUID reader, FeedQuery query, Runnable restart, Consumer<Post> target) {
    database.read(
        List.of(Marks.user(reader)),
        jdbc -> {
          restart.run();
          RowCallbackHandler each = row -> target.accept(Posts.POST.mapRow(row, 0));
          statement(jdbc, reader, query).withFetchSize(FETCH_SIZE).query(each);
          return true;
        });
  }

  private static JdbcClient.StatementSpec statement(JdbcClient jdbc, UUID reader, FeedQuery query) {
    return jdbc.sql(PAGE)
        .param("reader", reader)
        .param("depth", query.depth())
        .param("offset", query.offset())
        .param("limit", query.limit());
  }
}
