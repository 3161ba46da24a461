package holdfast.core.live;

import holdfast.core.ServerPosition;
import holdfast.platform.db.Database;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads posts in the order of their transaction ids, up to the oldest transaction that is still
 * open. All earlier transactions have ended, so no post can later appear before the posts that were
 * read.
 */
@Repository
final class LivePosts {

  /** The largest number of posts that one batch examines. */
  static final int PAGE_POSTS = 1_000;

  /** A batch ends as soon as the texts of its posts together have at least this many characters. */
  static final int PAGE_CHARS = 64 * 1024;

  /**
   * The number of rows that the driver fetches at once. The text of a post takes up to 40 KB, and
   * the ids of its readers up to 32 KB.
   */
  private static final int FETCH_SIZE = 50;

  private static final String DECIDED = "xid < pg_snapshot_xmin(pg_current_snapshot())";

  private static final String XID = "CAST(CAST(xid AS text) AS bigint) AS xid";

  static final String NEWEST =
      "SELECT id, %s FROM posts WHERE %s ORDER BY posts.xid DESC, id DESC LIMIT 1"
          .formatted(XID, DECIDED);

  /**
   * The age of the first post that waits for an older transaction, in milliseconds. This statement
   * runs before PAGE. A post that becomes visible between the two may be in neither result. That
   * does no harm, because such a post sends its own wake-up.
   */
  static final String UNDECIDED =
      """
      SELECT CAST(1000 * extract(epoch FROM clock_timestamp() - created_at) AS bigint) FROM posts
      WHERE xid >= pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT 1
      """;

  static final String PAGE =
      """
      WITH page AS MATERIALIZED (
        SELECT id, xid, author_id, text, created_at, deleted FROM posts
        WHERE (xid, id) > (CAST(:xid AS xid8), :id) AND %2$s
        ORDER BY xid, id LIMIT :limit
      )
      SELECT id, %1$s, author_id, created_at, readers,
             CASE WHEN readers IS NOT NULL THEN text END AS text
      FROM page CROSS JOIN LATERAL (
        SELECT array_agg(user_id) AS readers FROM friendships
        WHERE friend_id = author_id AND user_id = ANY (CAST(:readers AS uuid[])) AND NOT deleted
      ) AS listening
      ORDER BY page.xid, id
      """
          .formatted(XID, DECIDED);

  private static final RowMapper<FeedCursor> CURSOR =
      (row, number) -> new FeedCursor(row.getLong("xid"), row.getObject("id", UUID.class));

  private final Database database;

  LivePosts(Database database) {
    this.database = database;
  }

  /** The cursor of this post, even if the post was deleted. */
  Optional<FeedCursor> cursorOf(UUID postId) {
    return database.find(jdbc ->
        jdbc.sql("SELECT id, %s FROM posts WHERE id = ?".formatted(XID))
            .param(postId)
            .query(CURSOR)
            .optional());
  }

  /**
   * A cursor before every post that is acknowledged from now on. The primary is asked first,
   * because a replica may show a post that isn't acknowledged yet. A cursor at such a post would
   * skip it.
   */
  FeedCursor newest() {
    return database
        .readNewest(jdbc -> jdbc.sql(NEWEST).query(CURSOR).optional())
        .orElse(FeedCursor.START);
  }

  /**
   * The posts after this cursor for these readers. The posts come from a server that has replayed
   * the WAL at least up to {@code atLeast}.
   */
  PostBatch batch(FeedCursor after, LogSequenceNumber atLeast, Collection<UUID> readers) {
    String array = readers.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
    return database.readAt(atLeast, jdbc -> batch(jdbc, after, array));
  }

  private static PostBatch batch(JdbcClient jdbc, FeedCursor after, String readers) {
    LogSequenceNumber shown = ServerPosition.of(jdbc);
    Optional<Duration> undecided =
        jdbc.sql(UNDECIDED).query(Long.class).optional().map(Duration::ofMillis);
    ResultSetExtractor<PostBatch> rows = found -> batch(found, after, undecided, shown);
    return jdbc.sql(PAGE)
        .param("xid", Long.toUnsignedString(after.xid()))
        .param("id", after.postId())
        .param("limit", PAGE_POSTS)
        .param("readers", readers)
        .withFetchSize(FETCH_SIZE)
        .query(rows);
  }

  private static PostBatch batch(
      ResultSet rows, FeedCursor after, Optional<Duration> undecided, LogSequenceNumber shown)
      throws SQLException {
    List<LivePost> posts = new ArrayList<>();
    FeedCursor end = after;
    int seen = 0;
    int chars = 0;
    while (chars < PAGE_CHARS && rows.next()) {
      seen++;
      end = CURSOR.mapRow(rows, seen);
      Array readers = rows.getArray("readers");
      if (readers != null) {
        LivePost post = post(rows, end, readers);
        posts.add(post);
        chars += post.text().length();
      }
    }
    boolean more = seen == PAGE_POSTS || chars >= PAGE_CHARS;
    return new PostBatch(posts, end, more, undecided, shown);
  }

  private static LivePost post(ResultSet row, FeedCursor cursor, Array readers)
      throws SQLException {
    return new LivePost(
        cursor,
        row.getObject("author_id", UUID.class),
        row.getString("text"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        List.of((UUID[]) readers.getArray()));
  }
}
