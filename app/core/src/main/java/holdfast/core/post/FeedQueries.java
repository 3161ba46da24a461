package holdfast.core.post;

import holdfast.core.ServerPosition;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** The SQL of a feed: the posts of a user's friends, newest first. */
final class FeedQueries {

  /**
   * The newest posts of all friends. There may be thousands of friends with thousands of posts
   * each, so the query works in rounds. A round reads the newest entries of every open friend from
   * the index. In the first round, all friends are open. Of all entries read so far, the round
   * keeps the newest, :depth at most. If all entries that it read of a friend are kept, that friend
   * may have more of the newest posts. Such a friend stays open for the next round, which reads
   * twice as many entries of each open friend. The more entries are read of each friend, the fewer
   * friends can stay open. Each later round therefore reads at most twice :depth entries.
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

  /** Returns the posts in the order of the ids. */
  private static final String POSTS =
      """
      SELECT posts.id, posts.text, posts.author_id
      FROM unnest(CAST(? AS uuid[])) WITH ORDINALITY AS entry (id, place) JOIN posts USING (id)
      WHERE NOT deleted ORDER BY place
      """;

  /**
   * The number of rows that the driver fetches at once, and holds in memory for each connection. A
   * text may take 40 KB. Without a transaction, the driver fetches all rows at once.
   */
  static final int FETCH_SIZE = 64;

  private FeedQueries() {}

  /** Adds the posts of a page. */
  static void page(JdbcClient jdbc, UUID reader, FeedQuery query, PostArray answer) {
    add(newest(jdbc, PAGE, reader, query), answer);
  }

  /** Reads the part of a feed that may be cached. */
  static FeedEntry entry(JdbcClient jdbc, UUID reader) {
    // The position is read before the posts. If a write commits in between, the entry may look
    // older than it is, but never newer.
    var position = ServerPosition.of(jdbc);
    List<UUID> friends = jdbc.sql(FRIENDS).param(reader).query(UUID.class).list();
    List<UUID> posts = newest(jdbc, IDS, reader, FeedQuery.KEPT).query(UUID.class).list();
    return new FeedEntry(position, friends, posts);
  }

  /** Adds the posts with these ids. Returns false if some of them no longer exist. */
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
