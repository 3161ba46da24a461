package holdfast.core.post;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the result and the query plan of the feed's statement, on many posts. */
class FeedPlanTest {

  private static final String READER = "md5('reader' || %d)::uuid";

  private static Postgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.primary();
    RunningCore.migrate(postgres);
    // The reader n has n friends. A few authors write much, most write little, and many write
    // nothing. Many posts have the same time.
    postgres.execute(
        """
        INSERT INTO users
        SELECT md5(n::text)::uuid, 'Д', 'Е', '1990-01-01', '', 'Омск', NULL
        FROM generate_series(1, 6000) AS n;
        INSERT INTO posts (id, author_id, text, created_at, deleted)
        SELECT md5('post' || n)::uuid,
               md5((1 + (n::bigint * n % 6007 * n % 6007 / 3 * (n % 7) / 7))::text)::uuid,
               CASE WHEN n % 50 = 0 THEN '' ELSE repeat('я', 100) END,
               timestamptz '2026-01-01' + n / 5 * interval '1 minute', n % 50 = 0
        FROM generate_series(1, 200000) AS n;
        INSERT INTO friendships
        SELECT md5(n::text)::uuid, md5(((n + step) % 6000 + 1)::text)::uuid
        FROM generate_series(1, 6000) AS n, generate_series(1, 10) AS step
        """);
    for (int friends : new int[] {1, 20, 500, 5000}) {
      postgres.execute(
          """
          INSERT INTO users VALUES (%2$s, 'Ч', 'Т', '1990-01-01', '', 'Омск', NULL);
          INSERT INTO friendships
          SELECT %2$s, md5((n * (6000 / %1$d))::text)::uuid FROM generate_series(1, %1$d) AS n
          """
              .formatted(friends, READER.formatted(friends)));
    }
    postgres.execute("ANALYZE");
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 10",
    "1, 0, 10",
    "1, 9900, 100",
    "20, 0, 1",
    "20, 0, 1000",
    "20, 30, 7",
    "500, 0, 10",
    "500, 0, 1000",
    "500, 9000, 1000",
    "5000, 0, 10",
    "5000, 500, 500",
    "5000, 9999, 1"
  })
  void answersAsASortOfAllPostsWould(int friends, int offset, int limit) throws Exception {
    String reader = READER.formatted(friends);
    FeedQuery query = new FeedQuery(offset, limit);
    String sql =
        FeedQueries.PAGE
            .replace(":reader", reader)
            .replace(":depth", "" + query.depth())
            .replace(":offset", "" + offset)
            .replace(":limit", "" + limit);

    assertThat(ids(sql))
        .isEqualTo(
            ids(
                """
                SELECT posts.id FROM posts JOIN friendships ON friend_id = author_id
                WHERE user_id = %s AND NOT deleted
                ORDER BY created_at DESC, id DESC OFFSET %d LIMIT %d
                """
                    .formatted(reader, offset, limit)));
  }

  @ParameterizedTest
  @CsvSource({"force_custom_plan", "force_generic_plan"})
  void neverScansAllPosts(String mode) throws Exception {
    for (int friends : new int[] {1, 20, 500, 5000}) {
      for (int depth : new int[] {10, 1000, 10_000}) {
        assertThat(plan(mode, friends, depth))
            .containsPattern("Index Only Scan using posts_feed|Index Scan using posts_feed")
            .contains("using posts_pkey")
            .doesNotContain("Seq Scan on posts", "Seq Scan on friendships");
      }
    }
  }

  private static List<String> ids(String sql) throws Exception {
    List<String> ids = new ArrayList<>();
    try (Connection connection = postgres.connect();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  private static String plan(String mode, int friends, int depth) throws Exception {
    String prepared =
        FeedQueries.PAGE
            .replace(":reader", "$1")
            .replace(":depth", "$2")
            .replace(":offset", "$3")
            .replace(":limit", "$4");
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET plan_cache_mode = " + mode);
      statement.execute("PREPARE feed (uuid, int, int, int) AS " + prepared);
      StringBuilder plan = new StringBuilder();
      try (ResultSet lines =
          statement.executeQuery(
              "EXPLAIN EXECUTE feed (%s, %d, 0, %d)"
                  .formatted(READER.formatted(friends), depth, Math.min(depth, 1000)))) {
        while (lines.next()) {
          plan.append(lines.getString(1)).append('\n');
        }
      }
      return plan.toString();
    }
  }
}
