package holdfast.core.user;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.Rows;
import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Plans;
import holdfast.platform.fixture.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.LinkedMultiValueMap;

/** Tests of the query plan of the search's statement, on many users. */
class SearchPlanTest {

  private static Postgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.primary();
    RunningCore.migrate(postgres);
    Rows.insert(postgres, 100_000, "АБВГДЕЖЗИКЛМНОПРСТ", 60);
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @ParameterizedTest
  @CsvSource({
    "А, Б, users_search",
    "А, Бфамилия1, users_search",
    "Аимя1, Б, users_search",
    "Аи, Бфам, users_search",
    "Аим, Бфа, users_search_long",
    "Аимя1234, Бфамилия1234, users_search_long",
    "Ъ, Ъ, users_search",
    "😀, 𝒜, users_search",
    "😀😀😀, 𝒜𝒜𝒜, users_search_long",
    "%, _, users_search"
  })
  void usesTheIndexInItsOrderForEveryPrefix(String first, String last, String index)
      throws Exception {
    for (String mode : new String[] {"custom", "generic"}) {
      for (String after :
          new String[] {
            "00000000-0000-0000-0000-000000000000", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
          }) {
        for (int most : new int[] {20, 100}) {
          assertThat(plan(mode, first, last, UUID.fromString(after), most))
              .contains("Index Scan using " + index + " ")
              .doesNotContain("Seq Scan", "Sort");
        }
      }
    }
  }

  private static String plan(String mode, String first, String last, UUID after, int most)
      throws Exception {
    LinkedMultiValueMap<String, String> query = new LinkedMultiValueMap<>();
    query.add("first_name", first);
    query.add("last_name", last);
    List<Object> parameters = new ArrayList<>();
    String sql = SearchQueries.searchSql(SearchQuery.from(query), after, most, parameters);
    return Plans.of(postgres, mode, sql, parameters);
  }
}
