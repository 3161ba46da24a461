package holdfast.core.user;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Http;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Tests of answers that core reads from the database in several pages, and of users whose JSON
 * needs escapes.
 */
class SearchPagesTest {

  private static final int USERS = 300;

  private static RunningCore core;
  private static Http api;

  @BeforeAll
  static void start() throws Exception {
    core = RunningCore.startOn(Shared.postgres());
    api = core.api();
    Shared.postgres().execute("TRUNCATE users CASCADE");
    insert("Э", "repeat('я', 9000)");
    insert("Щ", "CASE WHEN md5('Щ' || n) < '3' THEN '' ELSE repeat('😀', 10000) END");
    insert("Ы", "E'\"quote\" back\\\\slash\\nnew line\\ttab \\u2028 </script> ' || chr(1) || '😀'");
  }

  private static void insert(String letter, String biography) throws Exception {
    Shared.postgres()
        .execute(
            """
            INSERT INTO users
            SELECT md5('%1$s' || n)::uuid, '%1$s"' || n, 'Ю\\', '0987-02-03', %2$s, 'О''мск', NULL
            FROM generate_series(1, %3$d) AS n
            """
                .formatted(letter, biography, USERS));
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 33, 64, USERS - 1, USERS, USERS + 1})
  void aLimitAppliesAcrossPages(int limit) throws Exception {
    List<JsonNode> all = search("Э", "");
    assertThat(all).hasSize(USERS);
    assertThat(search("Э", "&limit=" + limit)).isEqualTo(all.subList(0, Math.min(limit, USERS)));
    String after = "&limit=%d&after=%s".formatted(limit, all.get(100).get("id").asString());
    assertThat(search("Э", after)).isEqualTo(all.subList(101, Math.min(101 + limit, USERS)));
  }

  @Test
  void allUsersAreFoundIfTheirSizesDiffer() throws Exception {
    assertThat(search("Щ", ""))
        .hasSize(USERS)
        .isSortedAccordingTo((a, b) -> id(a).compareTo(id(b)))
        .extracting(SearchPagesTest::id)
        .doesNotHaveDuplicates();
  }

  @Test
  void allUsersAreFoundIfLargeOnesFollowASmallSample() throws Exception {
    Shared.postgres()
        .execute(
            """
            INSERT INTO users
            SELECT lpad(n::text, 32, '0')::uuid, 'Ц' || n, 'Ю', '1990-01-01',
                   CASE WHEN n <= 40 THEN '' ELSE repeat('😀', 10000) END, 'Омск', NULL
            FROM generate_series(1, 150) AS n
            """);
    assertThat(search("Ц", "")).hasSize(150).extracting(SearchPagesTest::id).isSorted();
  }

  @Test
  void aFoundUserIsTheSameAsTheOneReadById() throws Exception {
    List<JsonNode> found = search("Ы", "");
    assertThat(found).hasSize(USERS);
    for (int i : IntStream.of(0, 100, USERS - 1).toArray()) {
      assertThat(api.get("/user/get/" + id(found.get(i))).json()).isEqualTo(found.get(i));
    }
  }

  private static String id(JsonNode user) {
    return user.get("id").asString();
  }

  private static List<JsonNode> search(String letter, String more) throws Exception {
    String query = "/user/search?first_name=%s&last_name=%s";
    return api.get(query.formatted(Http.encode(letter), Http.encode("Ю")) + more)
        .json()
        .valueStream()
        .toList();
  }
}
