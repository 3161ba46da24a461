package holdfast.core.live;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Plans;
import holdfast.platform.fixture.Postgres;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the query plans of the live feed's statements, on many posts. */
class LivePlanTest {

  private static Postgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.primary();
    RunningCore.migrate(postgres);
    postgres.execute(
        """
        INSERT INTO users
        SELECT md5(n::text)::uuid, 'Д', 'Е', '1990-01-01', '', 'Омск', NULL
        FROM generate_series(1, 2000) AS n;
        INSERT INTO friendships
        SELECT md5(n::text)::uuid, md5(m::text)::uuid
        FROM generate_series(1, 2000) AS n, generate_series(1, 50) AS m WHERE n <> m;
        INSERT INTO posts (id, author_id, text, xid)
        SELECT md5('post' || n)::uuid, md5((1 + n % 2000)::text)::uuid, repeat('я', 100),
               (n / 10)::text::xid8
        FROM generate_series(1, 100000) AS n;
        ANALYZE
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom", "generic"})
  void aBatchReadsTheIndexFromItsCursorOn(String mode) throws Exception {
    String sql = LivePosts.PAGE.replaceAll(":\\w+", "?");
    for (int readers : new int[] {1, 1000}) {
      String array =
          Stream.generate(UUID::randomUUID)
              .limit(readers)
              .map(UUID::toString)
              .collect(Collectors.joining(",", "{", "}"));
      for (String xid : List.of("0", "9999")) {
        List<Object> parameters = List.of(xid, new UUID(0, 0), LivePosts.PAGE_POSTS, array);
        String plan = Plans.of(postgres, mode, sql, parameters);
        assertThat(plan)
            .contains("Index Scan using posts_live", "ROW(xid, id) >", "friend_id = page.author_id")
            .doesNotContain("Seq Scan", "Sort");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom", "generic"})
  void theNewestPostIsReadFromTheEndOfTheIndex(String mode) throws Exception {
    assertThat(Plans.of(postgres, mode, LivePosts.NEWEST, List.of()))
        .doesNotContain("Seq Scan")
        .contains("Backward using posts_live");
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom", "generic"})
  void theFirstWaitingPostIsFoundByTheIndex(String mode) throws Exception {
    assertThat(Plans.of(postgres, mode, LivePosts.UNDECIDED, List.of()))
        .doesNotContain("Seq Scan", "Sort")
        .contains("Index Scan using posts_live", "Index Cond: (xid >=");
  }
}
