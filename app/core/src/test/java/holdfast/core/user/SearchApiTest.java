package holdfast.core.user;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.Rows;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SearchApiTest {

  private static RunningCore core;
  private static Http api;

  @BeforeAll
  static void start() throws Exception {
    core = RunningCore.startOn(Shared.postgres());
    api = core.api();
    Postgres postgres = Shared.postgres();
    postgres.execute("TRUNCATE users CASCADE");
    Rows.insert(postgres, 3000, "АБВ", 10);
    for (String[] name :
        new String[][] {
          {"100%", "under_score"},
          {"100x", "underXscore"},
          {"back\\slash", "q'uote"},
          {"😀a", "𝒜b"},
          {"😁a", "𝒜b"},
          {"Ёж", "Ель"},
          {"ёж", "ель"},
          {"\uffffz", "z"},
          {"\udbff\udfffz", "\udbff\udfffz"},
          {"\udbff\udfff".repeat(3), "\udbff\udfff".repeat(100)}
        }) {
      postgres.execute(
          "INSERT INTO users VALUES ('%s', '%s', '%s', '1990-01-01', '', 'Омск', NULL)"
              .formatted(UUID.randomUUID(), name[0], name[1].replace("'", "''")));
    }
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  private static List<String> ids(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    answer.json().forEach(user -> ids.add(user.get("id").asString()));
    return ids;
  }

  private static List<String> names(Answer answer) {
    List<String> names = new ArrayList<>();
    for (JsonNode user : answer.json()) {
      names.add(user.get("first_name").asString() + " " + user.get("second_name").asString());
    }
    return names;
  }

  @Test
  void allMatchesAreReturnedInTheOrderOfTheirIds() throws Exception {
    Answer answer = api.search("А", "Б");

    assertThat(ids(answer)).hasSize(334).isSorted().doesNotHaveDuplicates();
    assertThat(names(answer)).allMatch(name -> name.matches("Аимя\\d+ Бфамилия\\d+"));
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    JsonNode first = answer.json().get(0);
    assertThat(first).isEqualTo(api.get("/user/get/" + first.get("id").asString()).json());
  }

  @Test
  void longerPrefixesNarrowEitherName() throws Exception {
    List<String> all = names(api.search("А", "Б"));
    assertThat(names(api.search("Аимя21", "Б")))
        .hasSameElementsAs(all.stream().filter(name -> name.startsWith("Аимя21")).toList())
        .isNotEmpty();
    assertThat(names(api.search("А", "Бфамилия21")))
        .hasSameElementsAs(all.stream().filter(name -> name.contains(" Бфамилия21")).toList())
        .isNotEmpty();
    assertThat(names(api.search("Аимя2109", "Бфамилия2109"))).hasSize(1);
    assertThat(names(api.search("Аимя2109", "Бфамилия2112"))).isEmpty();
  }

  @Test
  void everyCharacterMatchesOnlyItself() throws Exception {
    assertThat(names(api.search("100%", "under_"))).containsExactly("100% under_score");
    assertThat(names(api.search("back\\", "q'"))).containsExactly("back\\slash q'uote");
    assertThat(names(api.search("%", "%"))).isEmpty();
    assertThat(names(api.search("_", "_"))).isEmpty();
    assertThat(names(api.search("Ё", "Е"))).containsExactly("Ёж Ель");
    assertThat(names(api.search("😀", "𝒜"))).containsExactly("😀a 𝒜b");
    assertThat(names(api.search("\uffff", "z"))).containsExactly("\uffffz z");
    // No name sorts after these, so the upper bound of the range must include them.
    assertThat(names(api.search("\udbff\udfff", "\udbff\udfff"))).hasSize(2);
  }

  @Test
  void pagesFollowEachOtherByTheLastId() throws Exception {
    List<String> all = ids(api.search("А", "Б"));
    List<String> paged = new ArrayList<>();
    String after = "";
    do {
      String path = "/user/search?first_name=%s&last_name=%s&limit=100" + after;
      List<String> page = ids(api.get(path.formatted(Http.encode("А"), Http.encode("Б"))));
      assertThat(page).hasSizeLessThanOrEqualTo(100);
      paged.addAll(page);
      after = page.isEmpty() ? "" : "&after=" + page.getLast();
    } while (!after.isEmpty());

    assertThat(paged).isEqualTo(all);
  }

  @Test
  void anAnswerOfSeveralMegabytesIsStreamed() throws Exception {
    Postgres postgres = Shared.postgres();
    postgres.execute(
        """
        INSERT INTO users
        SELECT md5('big' || n)::uuid, 'Э' || n, 'Ю', '1990-01-01', repeat('я', 9000), 'Омск', NULL
        FROM generate_series(1, 400) AS n
        """);

    Answer answer = api.search("Э", "Ю");

    assertThat(ids(answer)).hasSize(400).isSorted();
    assertThat(answer.header("Content-Length")).isEmpty();
    assertThat(api.search("А", "Б").header("Content-Length")).isNotEmpty();
  }
}
