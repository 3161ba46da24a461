package holdfast.core.user;

import static holdfast.core.ContractAssertions.assertError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.Postgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests of the ETag of a search. It must change if users with the search's initials change, and
 * only then.
 */
class SearchValidatorTest {

  private static final String PATH = "/user/search?first_name=А&last_name=Б";

  private static Postgres postgres;
  private static RunningCore core;
  private static Http api;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.primary();
    RunningCore.migrate(postgres);
    core = RunningCore.startOn(postgres);
    api = core.api();
  }

  @AfterAll
  static void stop() throws Exception {
    core.close();
    postgres.close();
  }

  @BeforeEach
  void someUsers() throws Exception {
    postgres.execute("TRUNCATE users CASCADE");
    for (int i = 1; i < 5; i++) {
      insert(i, "Анна" + i, "Белова");
    }
  }

  private static void insert(int number, String first, String second) throws Exception {
    postgres.execute(
        "INSERT INTO users VALUES ('%s', '%s', '%s', '1990-01-01', '', 'Омск', NULL)"
            .formatted(new UUID(0, number), first, second));
  }

  private static Answer get(String path, String... headers) throws Exception {
    String encoded = path.replace("А", "%D0%90").replace("Б", "%D0%91").replace("В", "%D0%92");
    var request = api.request(encoded);
    return api.send(headers.length == 0 ? request : request.headers(headers));
  }

  private static String tag(String path) throws Exception {
    Answer answer = get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.header("ETag");
  }

  @Test
  void anAnswerThatHoldsIsNotSentAgain() throws Exception {
    String tag = tag(PATH);
    assertThat(tag).startsWith("W/\"1-").isEqualTo(tag(PATH + "&limit=2"));

    Answer again = get(PATH, "If-None-Match", tag);

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.header("ETag")).isEqualTo(tag);
    assertThat(again.header("Vary")).isEqualTo("Accept-Encoding");
    assertThat(again.header("Cache-Control")).isEqualTo("no-cache");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO users VALUES (gen_random_uuid(), 'Алла', 'Быкова', '1990-01-01', '', 'О', NULL)",
        "UPDATE users SET city = 'Томск' WHERE first_name = 'Анна1'",
        "UPDATE users SET first_name = 'Вера' WHERE first_name = 'Анна1'",
        "DELETE FROM users WHERE first_name = 'Анна1'",
        "TRUNCATE users CASCADE",
        "UPDATE search_versions SET part = DEFAULT WHERE first_initial = ''"
      })
  void anyChangeOfAUserChangesTheTag(String change) throws Exception {
    String before = tag(PATH);

    postgres.execute(change);

    Answer after = get(PATH, "If-None-Match", before);
    assertThat(after.status()).isEqualTo(200);
    assertThat(after.header("ETag")).isNotEqualTo(before);
    assertThat(get(PATH, "If-None-Match", after.header("ETag")).status()).isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE FROM search_versions", "TRUNCATE search_versions"})
  void noVersionComesBackBecauseARowIsRemoved(String removal) {
    assertThatThrownBy(() -> postgres.execute(removal))
        .hasMessageContaining("rows of search_versions must stay");
  }

  @Test
  void usersWhoMoveIntoTheAnswerChangeItsTag() throws Exception {
    insert(9, "Вера", "Волкова");
    String before = tag(PATH);
    postgres.execute(
        "UPDATE users SET first_name = 'Ася', second_name = 'Бокова' WHERE id = '"
            + new UUID(0, 9)
            + "'");
    assertThat(tag(PATH)).isNotEqualTo(before);
  }

  @Test
  void otherUsersDontChangeTheTag() throws Exception {
    String before = tag(PATH);
    insert(9, "Вера", "Белова");
    insert(10, "Анна", "Волкова");
    insert(11, "а", "б");
    postgres.execute("UPDATE users SET city = city WHERE false");
    assertThat(tag(PATH)).isEqualTo(before);
  }

  @Test
  void anUnchangedAnswerIsConfirmedWithoutReadingUsers() throws Exception {
    String tag = tag(PATH);
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE users"); // every statement that reads users now waits

      assertThat(get(PATH, "If-None-Match", tag).status()).isEqualTo(304);
    }
  }

  @Test
  void noChangeWaitsForTheCommitOfAnotherAndEachChangesTheTag() throws Exception {
    List<String> tags = new ArrayList<>(List.of(tag(PATH)));
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Connection connection = postgres.connect();
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET lock_timeout = '5s'");
        statement.execute(
            "UPDATE users SET city = 'Томск' WHERE first_name = 'Анна" + (i + 1) + "'");
      }
      open.add(connection);
    }
    assertThat(tag(PATH)).isEqualTo(tags.getFirst());
    for (Connection connection : open) {
      connection.commit();
      connection.close();
      tags.add(tag(PATH));
    }
    assertThat(tags).doesNotHaveDuplicates();
  }

  @Test
  void theFormOfAnswersHasItsNumber() throws Exception {
    Answer answer = get(PATH + "&limit=1");
    assertThat(answer.body())
        .as("If this body has changed, raise SearchValidator.FORM and the number in the ETag below")
        .isEqualTo(
            """
            [{"id":"00000000-0000-0000-0000-000000000001","first_name":"Анна1",\
            "second_name":"Белова","birthdate":"1990-01-01","biography":"","city":"Омск"}]\
            """);
    assertThat(answer.header("ETag")).startsWith("W/\"1-");
  }

  @Test
  void onlyAWholeAnswerHasATag() throws Exception {
    postgres.execute(
        """
        INSERT INTO users SELECT md5('big' || n)::uuid, 'Э' || n, 'Ю', '1990-01-01', repeat('я', 9000), 'О', NULL
        FROM generate_series(1, 400) AS n
        """);
    String path = "/user/search?first_name=" + Http.encode("Э") + "&last_name=" + Http.encode("Ю");
    Answer streamed = api.get(path);
    assertThat(streamed.header("ETag")).isEmpty();
    assertThat(streamed.json()).hasSize(400);

    Answer collected = api.send(api.request(path + "&limit=250").header("X-Asked-At", "1"));
    assertThat(collected.header("ETag")).isNotEmpty();
    assertThat(collected.header("X-Accel-Expires")).isEqualTo("@1");
    assertThat(collected.header("Content-Length")).isNotEmpty();
    Answer tooLarge = api.send(api.request(path).header("X-Asked-At", "1"));
    assertThat(tooLarge.header("X-Accel-Expires") + tooLarge.header("ETag")).isEmpty();
    assertThat(tooLarge.body()).isEqualTo(streamed.body());
  }

  @Test
  void anAnswerIsCompressedOnlyForNginx() throws Exception {
    assertThat(get(PATH, "Accept-Encoding", "gzip, br").header("Content-Encoding")).isEmpty();
    var request = api.request("/user/search?first_name=x&last_name=x");
    assertThat(api.send(request.header("Accept-Encoding", "gzip")).body()).isEqualTo("[]");
  }

  @Test
  void initialsWithoutAnyUserHaveATagToo() throws Exception {
    String before = tag("/user/search?first_name=В&last_name=В");
    assertThat(get("/user/search?first_name=В&last_name=В", "If-None-Match", before).status())
        .isEqualTo(304);
    insert(9, "Вера", "Волкова");
    assertThat(tag("/user/search?first_name=В&last_name=В")).isNotEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TAG | 304",
        "\"a\", TAG , W/\"b\" | 304",
        "* | 304",
        "\"1-x\" | 200",
        "W/\"1-00000000-0000-0000-0000-000000000000\" | 200",
        "W/ | 200",
        "\" | 200",
        "W/\"unclosed | 200",
        ", , | 200",
        "LONG | 200"
      })
  void validatorsOfEveryKindAreUnderstood(String sent, int status) throws Exception {
    String value = sent.replace("TAG", tag(PATH)).replace("LONG", "\"a\",".repeat(800));
    assertThat(get(PATH, "If-None-Match", value).status()).isEqualTo(status);
    // RFC 9110, 13.1.3: with If-None-Match, If-Modified-Since doesn't count.
    assertThat(
            get(PATH, "If-None-Match", value, "If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT")
                .status())
        .isEqualTo(status);
  }

  @Test
  void aRangeIsIgnored() throws Exception {
    assertThat(get(PATH, "Range", "bytes=0-1").status()).isEqualTo(200);
  }

  @Test
  void noWeakTagMatchesIfMatch() throws Exception {
    assertError(get(PATH, "If-Match", tag(PATH)), 412, "If-Match");
    assertThat(get(PATH, "If-Match", "*").status()).isEqualTo(200);
  }

  @Test
  void aBadQuestionIsRefusedBeforeItsValidatorCounts() throws Exception {
    Answer answer = get("/user/search?first_name=&last_name=Б", "If-None-Match", "*");
    assertError(answer, 400, "first_name");
    assertThat(answer.header("ETag")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1796009097.686, @1796009097",
    "1796009097, @1796009097",
    "-1, ''",
    "1e9, ''",
    "@0, ''",
    "99999999999999999999, ''"
  })
  void anAnswerIsKeptUntilTheSecondInWhichItWasAskedForEnds(String askedAt, String expires)
      throws Exception {
    String tag = tag(PATH);
    assertThat(get(PATH).header("X-Accel-Expires")).isEmpty();
    for (String held : new String[] {"\"other\"", tag}) {
      assertThat(get(PATH, "X-Asked-At", askedAt, "If-None-Match", held).header("X-Accel-Expires"))
          .isEqualTo(expires);
    }
    assertThat(get("/user/search?first_name=А", "X-Asked-At", askedAt).header("X-Accel-Expires"))
        .isEmpty();
  }

  @Test
  void whoKeepsAnswersAndAsksWhetherTheyHoldIsNeverWrong() throws Exception {
    Random random = new Random(20261130);
    List<String> letters = List.of("А", "Б", "а", "😀", "%", "Ё");
    Map<String, Answer> kept = new HashMap<>();
    int held = 0;
    for (int round = 0; round < 400; round++) {
      change(random, letters);
      for (int i = 0; i < 3; i++) {
        String path = search(random, letters);
        Answer known = kept.get(path);
        Answer fresh = api.get(path);
        assertThat(fresh.status()).isEqualTo(200);
        if (known != null) {
          Answer asked = api.send(api.request(path).header("If-None-Match", known.header("ETag")));
          held += asked.status() == 304 ? 1 : 0;
          assertThat(asked.status() == 304 ? known.body() : asked.body())
              .as("round %d, %s", round, path)
              .isEqualTo(fresh.body());
        }
        kept.put(path, fresh);
      }
    }
    assertThat(held).isGreaterThan(50);
  }

  private static void change(Random random, List<String> letters) throws Exception {
    String user = "(SELECT id FROM users OFFSET %d LIMIT 1)".formatted(random.nextInt(8));
    String name = "'" + name(random, letters) + "'";
    String row = "(gen_random_uuid(), '%s', '%s', '1990-01-01', '%s', 'Омск', NULL)";
    postgres.execute(
        switch (random.nextInt(6)) {
          case 0 -> "DELETE FROM users WHERE id = " + user;
          case 1 -> "UPDATE users SET first_name = " + name + " WHERE id = " + user;
          case 2 ->
              "UPDATE users SET second_name = " + name + ", city = 'Тверь' WHERE id = " + user;
          case 3 -> "UPDATE users SET biography = biography || 'я' WHERE id = " + user;
          default -> {
            List<String> rows = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
              String biography = "я".repeat(random.nextInt(20) == 0 ? 9_000 : 10);
              rows.add(row.formatted(name(random, letters), name(random, letters), biography));
            }
            yield "INSERT INTO users VALUES " + String.join(", ", rows);
          }
        });
  }

  private static String name(Random random, List<String> letters) {
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      name.append(letters.get(random.nextInt(letters.size())));
    }
    return name.toString();
  }

  private static String search(Random random, List<String> letters) {
    String first = Http.encode(letters.get(random.nextInt(letters.size())));
    String second = Http.encode(letters.get(random.nextInt(letters.size())));
    String more =
        switch (random.nextInt(4)) {
          case 0 -> "&limit=2";
          case 1 -> "&after=80000000-0000-0000-0000-000000000000";
          case 2 -> "&limit=40";
          default -> "";
        };
    String longer = random.nextInt(3) == 0 ? Http.encode(letters.get(0)) : "";
    return "/user/search?first_name=" + first + longer + "&last_name=" + second + more;
  }
}
