package holdfast.core.post;

import holdfast.core.ServerPosition;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** The statements of a feed: what a user's friends wrote, newest first. */
final class FeedQueries {

  /**
   * The newest posts of all friends, of which there may be thousands with thousands of posts each,
   * in rounds: each draws the head of every friend's index entries and keeps the best. A friend all
   * of whose drawn entries are among the best may have more of them, and is drawn again in the next
   * round, twice as deep. Since there are few such friends the more is drawn of each, a round reads
   * at most twice the entries that are asked for, after a first one over all friends.
   */
  private static final String NEWEST =
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
      """;

  static final String PAGE =
      NEWEST
          + """
          SELECT posts.id, posts.text, posts.author_id FROM page JOIN posts USING (id)
          ORDER BY page.created_at DESC, id DESC
          """;

  private static final String IDS =
      NEWEST + "SELECT id FROM page ORDER BY created_at DESC, id DESC";

  private static final String FRIENDS = "SELECT friend_id FROM friendships WHERE user_id = ?";

  /** In the order of the ids. */
  private static final String POSTS =
      """
      SELECT posts.id, posts.text, posts.author_id
      FROM unnest(CAST(? AS uuid[])) WITH ORDINALITY AS entry (id, place) JOIN posts USING (id)
      WHERE NOT deleted ORDER BY place
      """;

  /**
   * A text may take 40 KB: what the driver holds at once is this many rows a connection. Without a
   * transaction it holds all.
   */
  static final int FETCH_SIZE = 64;

  private FeedQueries() {}

  /** Adds a page's posts. */
  static void page(JdbcClient jdbc, UUID reader, FeedQuery query, PostArray answer) {
    add(newest(jdbc, PAGE, reader, query), answer);
  }

  /** What may be kept of a feed. */
  static FeedEntry entry(JdbcClient jdbc, UUID reader) {
    // Before the rest: what is written meanwhile makes the entry look older than it is.
    var position = ServerPosition.of(jdbc);
    List<UUID> friends = jdbc.sql(FRIENDS).param(reader).query(UUID.class).list();
    List<UUID> posts = newest(jdbc, IDS, reader, FeedQuery.KEPT).query(UUID.class).list();
    return new FeedEntry(position, friends, posts);
  }

  /** Adds the posts with these ids; false if some of them are gone. */
  static boolean posts(JdbcClient jdbc, List<UUID> ids, PostArray answer) {
    String array = ids.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
    return ids.isEmpty() || add(jdbc.sql(POSTS).param(array), answer) == ids.size();
  }

  private static StatementSpec newest(JdbcClient jdbc, String sql, UUID reader, FeedQuery query) {
    return jdbc.sql(sql)
        .param("reader", reader)
        .param("depth", query.depth())
        .param("offset", query.offset())
        .param("limit", query.limit());
  }

  private static int add(StatementSpec statement, PostArray answer) {
    int[] count = new int[1];
    RowCallbackHandler each =
        row -> {
          answer.add(Posts.POST.mapRow(row, 0));
          count[0]++;
        };
    statement.withFetchSize(FETCH_SIZE).query(each);
    return count[0];
  }
}
