package holdfast.core.post;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.ContractAssertions;
import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

class PostApiTest {

  /** JSON can carry half a surrogate pair only as an escape. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static RunningCore core;
  private static Person author;
  private static Person stranger;

  @BeforeAll
  static void start() throws Exception {
    core = RunningCore.startOn(Shared.postgres());
    author = Person.register(core.api());
    stranger = Person.register(core.api());
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  private static Answer update(Http api, Object id, Object text) throws Exception {
    return api.put("/post/update", JSON.writeValueAsString(Map.of("id", id, "text", text)));
  }

  private static Answer get(UUID id) throws Exception {
    return core.api().get("/post/get/" + id);
  }

  private static void assertError(Answer answer, int status, String field) {
    ContractAssertions.assertError(answer, status, field + " ");
  }

  private static void assertEmpty(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  private static HttpRequest.Builder creation(Person author, String text) {
    return author
        .api()
        .request("/post/create")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(Person.text(text)));
  }

  private static int rowsOf(Person author) throws Exception {
    try (Connection connection = Shared.postgres().connect();
        ResultSet count =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT count(*) FROM posts WHERE author_id = '%s'".formatted(author.id()))) {
      count.next();
      return count.getInt(1);
    }
  }

  @Test
  void aPostIsShownToAnyoneUntilItIsDeleted() throws Exception {
    Answer created = author.api().post("/post/create", Person.text("Первый"));
    assertThat(created.status()).isEqualTo(200);
    assertThat(created.header("Content-Type")).isEqualTo("application/json");
    assertThat(created.body()).matches("\"[0-9a-f-]{36}\"");
    UUID id = UUID.fromString(created.json().asString());

    Answer shown = get(id);
    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.json())
        .isEqualTo(
            JSON.readTree(
                "{\"id\":\"%s\",\"text\":\"Первый\",\"author_user_id\":\"%s\"}"
                    .formatted(id, author.id())));
    assertThat(stranger.api().get("/post/get/" + id).body()).isEqualTo(shown.body());
    assertThat(core.api().as("nonsense").get("/post/get/" + id).body()).isEqualTo(shown.body());

    assertEmpty(update(author.api(), id, "Второй"));
    assertThat(get(id).json().get("text").asString()).isEqualTo("Второй");

    assertEmpty(author.api().put("/post/delete/" + id));
    assertError(get(id), 404, "id");
    assertError(update(author.api(), id, "Третий"), 404, "id");
    // A repeated deletion succeeds as well.
    assertEmpty(author.api().put("/post/delete/" + id));
  }

  @Test
  void deletingAPostErasesItsText() throws Exception {
    UUID id = author.post("лишнее");
    assertEmpty(author.api().put("/post/delete/" + id));

    try (Connection connection = Shared.postgres().connect();
        ResultSet row =
            connection
                .createStatement()
                .executeQuery("SELECT text FROM posts WHERE id = '%s'".formatted(id))) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEmpty();
    }
  }

  @Test
  void onlyTheAuthorCanChangeAPost() throws Exception {
    UUID id = author.post("моё");

    assertError(update(stranger.api(), id, "чужое"), 404, "id");
    assertError(stranger.api().put("/post/delete/" + id), 404, "id");
    assertThat(get(id).json().get("text").asString()).isEqualTo("моё");
  }

  @Test
  void unknownPostsAreNotFound() throws Exception {
    UUID nowhere = UUID.randomUUID();
    assertError(get(nowhere), 404, "id");
    assertError(update(author.api(), nowhere, "x"), 404, "id");
    assertError(author.api().put("/post/delete/" + nowhere), 404, "id");
  }

  @Test
  void theLongestTextIsAcceptedAndCountedInCodePoints() throws Exception {
    String longest = "😀".repeat(10_000);
    UUID id = author.post(longest);
    assertThat(get(id).json().get("text").asString()).isEqualTo(longest);
    assertEmpty(update(author.api(), id, "я".repeat(10_000)));
  }

  static Object[] badTexts() {
    return new Object[] {
      "",
      "  \n",
      "\u00ad\u200d",
      "я".repeat(10_001),
      "a\0b",
      "half \ud83d",
      17,
      true,
      List.of("a"),
      Map.of("a", 1)
    };
  }

  @ParameterizedTest
  @MethodSource("badTexts")
  void aBadTextIsNamed(Object text) throws Exception {
    String body = JSON.writeValueAsString(Map.of("text", text));
    assertError(author.api().post("/post/create", body), 400, "text");
    assertError(update(author.api(), author.post("x"), text), 400, "text");
  }

  @Test
  void aMissingTextIsNamed() throws Exception {
    assertError(author.api().post("/post/create", "{}"), 400, "text");
    assertError(author.api().post("/post/create", "{\"text\":null}"), 400, "text");
    String id = "{\"id\":\"%s\"}".formatted(UUID.randomUUID());
    assertError(author.api().put("/post/update", id), 400, "text");
    assertError(author.api().put("/post/update", Person.text("x")), 400, "id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"17", "1-1-1-1-1", "6f9619ff-8b86-d011-b42d-00cf4fc964fg", "%F0%9F%98%80"})
  void idsMustBeUuids(String id) throws Exception {
    assertError(core.api().get("/post/get/" + id), 400, "id");
    assertError(author.api().put("/post/delete/" + id), 400, "id");
    assertError(update(author.api(), id, "x"), 400, "id");
  }

  @Test
  void aRepeatedRequestStoresOnceAndGetsTheSameAnswer() throws Exception {
    Person writer = Person.register(core.api());
    HttpRequest.Builder request =
        creation(writer, "раз").header("X-Request-Id", "00000000000000000000000000000aaa");

    Answer first = writer.api().send(request);
    Answer second = writer.api().send(request);

    assertThat(first.status()).isEqualTo(200);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(rowsOf(writer)).isEqualTo(1);
    assertThat(writer.post("раз")).isNotEqualTo(UUID.fromString(first.json().asString()));
  }

  @Test
  void aKeyStandsForOneTextOfOneUserEvenIfThePostChanges() throws Exception {
    Person writer = Person.register(core.api());
    HttpRequest.Builder request = creation(writer, "первый").header("Idempotency-Key", "k");
    Answer first = writer.api().send(request);
    UUID id = UUID.fromString(first.json().asString());
    HttpRequest.Builder other = creation(writer, "другой").header("Idempotency-Key", "k");

    assertError(writer.api().send(other), 409, "Idempotency-Key");
    assertEmpty(update(writer.api(), id, "другой"));
    assertThat(writer.api().send(request).body()).isEqualTo(first.body());
    assertError(writer.api().send(other), 409, "Idempotency-Key");
    assertThat(get(id).json().get("text").asString()).isEqualTo("другой");
    assertEmpty(writer.api().put("/post/delete/" + id));
    assertThat(writer.api().send(request).body()).isEqualTo(first.body());
    assertError(writer.api().send(other), 409, "Idempotency-Key");
    assertError(get(id), 404, "id");
    assertThat(rowsOf(writer)).isEqualTo(1);

    Answer strangers = stranger.api().send(creation(stranger, "x").header("Idempotency-Key", "k"));
    assertThat(strangers.status()).isEqualTo(200);
    assertThat(strangers.body()).isNotEqualTo(first.body());
  }

  @Test
  void aMalformedKeyIsRefused() throws Exception {
    for (String key : new String[] {"two words", "x".repeat(256)}) {
      Answer answer = author.api().send(creation(author, "x").header("Idempotency-Key", key));
      assertError(answer, 400, "Idempotency-Key");
    }
  }

  @Test
  void concurrentRepeatsGetTheSameAnswerFromBothNodes() throws Exception {
    Person writer = Person.register(core.api());
    int posts = 200;
    try (RunningCore second = RunningCore.startOn(Shared.postgres());
        ExecutorService clients = Executors.newFixedThreadPool(16)) {
      Person there = writer.at(second.api());
      List<List<Future<Answer>>> pairs = new ArrayList<>();
      for (int i = 0; i < posts; i++) {
        String key = "pair-" + i;
        pairs.add(
            List.of(
                clients.submit(() -> sendWithKey(writer, key)),
                clients.submit(() -> sendWithKey(there, key))));
      }
      for (List<Future<Answer>> pair : pairs) {
        Answer one = pair.getFirst().get();
        assertThat(one.status()).as(one.body()).isEqualTo(200);
        assertThat(pair.getLast().get().body()).isEqualTo(one.body());
      }
    }
    assertThat(rowsOf(writer)).isEqualTo(posts);
  }

  private static Answer sendWithKey(Person writer, String key) throws Exception {
    return writer.api().send(creation(writer, key).header("Idempotency-Key", key));
  }
}
