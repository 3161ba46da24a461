package holdfast.core.user;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

class UserApiTest {

  /** JSON can carry half a surrogate pair only as an escape. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static RunningCore core;
  private static Http api;

  @BeforeAll
  static void start() {
    core = RunningCore.startOn(Shared.postgres());
    api = core.api();
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  private static Map<String, Object> registration() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("first_name", "Лев");
    fields.put("second_name", "Зуев");
    fields.put("birthdate", "1990-02-28");
    fields.put("biography", "");
    fields.put("city", "Омск");
    fields.put("password", "correct horse");
    return fields;
  }

  private static Answer register(Map<String, Object> fields) throws Exception {
    return api.post("/user/register", JSON.writeValueAsString(fields));
  }

  private static String registered(Map<String, Object> fields) throws Exception {
    Answer answer = register(fields);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().get("user_id").asString();
  }

  private static Answer login(Object id, Object password) throws Exception {
    return api.post("/login", JSON.writeValueAsString(Map.of("id", id, "password", password)));
  }

  private static void assertError(Answer answer, int status, String field) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().get("message").asString()).startsWith(field + " ");
    assertThat(answer.json().get("code").asInt()).isEqualTo(status);
  }

  @Test
  void aRegisteredUserIsShownWithoutItsPasswordAndCanSignIn() throws Exception {
    String id = registered(registration());

    Answer user = api.get("/user/get/" + id);
    assertThat(user.status()).isEqualTo(200);
    assertThat(user.json())
        .isEqualTo(
            JSON.readTree(
                """
                {"id":"%s","first_name":"Лев","second_name":"Зуев","birthdate":"1990-02-28",
                 "biography":"","city":"Омск"}\
                """
                    .formatted(id)));
    Answer session = login(id, "correct horse");
    assertThat(session.status()).isEqualTo(200);
    assertThat(session.json().get("token").asString()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
    assertError(login(id, "wrong horse"), 401, "password");
    assertThat(api.get("/user/get/" + id.toUpperCase()).json()).isEqualTo(user.json());
  }

  @Test
  void aRepeatedRequestRegistersOnce() throws Exception {
    String requestId = UUID.randomUUID().toString().replace("-", "");
    String body = JSON.writeValueAsString(registration());
    var request =
        api.request("/user/register")
            .header("X-Request-Id", requestId)
            .header("Content-Type", "application/json")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body));

    Answer first = api.send(request);
    Answer second = api.send(request);

    assertThat(first.status()).isEqualTo(200);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(registered(registration())).isNotEqualTo(first.json().get("user_id").asString());
  }

  @Test
  void theLongestFieldsAreAcceptedAndCountedInCodePoints() throws Exception {
    Map<String, Object> longest = registration();
    longest.put("first_name", "😀".repeat(100));
    longest.put("second_name", "я".repeat(100));
    longest.put("city", "я".repeat(100));
    longest.put("biography", "я".repeat(10_000));
    longest.put("password", "😀".repeat(200));
    String id = registered(longest);

    assertThat(api.get("/user/get/" + id).json().get("first_name").asString())
        .isEqualTo("😀".repeat(100));
    assertThat(login(id, "😀".repeat(200)).status()).isEqualTo(200);
    // The end of a long password counts as well. Bcrypt would ignore it.
    assertError(login(id, "😀".repeat(199) + "x"), 401, "password");
  }

  static Object[][] badFields() {
    String tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(2).toString();
    String nul = "a\0bcdefgh";
    String half = "abcdefgh\ud83d";
    Object[][] names = {
      {null},
      {""},
      {"   "},
      {"\u200b \ufeff"},
      {"я".repeat(101)},
      {nul},
      {half},
      {17},
      {true},
      {1.5},
      {Map.of()},
    };
    var cases = new java.util.ArrayList<Object[]>();
    for (String field : new String[] {"first_name", "second_name", "city"}) {
      for (Object[] value : names) {
        cases.add(new Object[] {field, value[0]});
      }
    }
    for (Object value : new Object[] {null, "я".repeat(10_001), nul, half, 17}) {
      cases.add(new Object[] {"biography", value});
    }
    for (Object value :
        new Object[] {null, "", "seven77", " ".repeat(9), "x".repeat(201), nul, half, 12345678}) {
      cases.add(new Object[] {"password", value});
    }
    for (Object value :
        new Object[] {
          null,
          "",
          "1990-02-30",
          "1990-2-3",
          "01.02.1990",
          "+11990-01-01",
          "1990-01-01T00:00:00",
          "1899-12-31",
          tomorrow,
          nul,
          19900101,
          java.util.List.of(1990, 1, 1)
        }) {
      cases.add(new Object[] {"birthdate", value});
    }
    return cases.toArray(Object[][]::new);
  }

  @ParameterizedTest
  @MethodSource("badFields")
  void aBadFieldIsNamed(String field, Object value) throws Exception {
    Map<String, Object> fields = registration();
    fields.put(field, value);
    assertError(register(fields), 400, field);
    if (value == null) {
      fields.remove(field);
      assertError(register(fields), 400, field);
    }
  }

  @Test
  void unknownFieldsAreIgnored() throws Exception {
    Map<String, Object> fields = registration();
    fields.put("nickname", Map.of("a", 1));
    assertThat(registered(fields)).isNotEmpty();
  }

  @Test
  void signingInNeedsAKnownIdAndAPassword() throws Exception {
    String nobody = UUID.randomUUID().toString();
    assertError(login(nobody, "whatever"), 404, "id");
    assertError(login("not-a-uuid", "whatever"), 400, "id");
    assertError(login("1-1-1-1-1", "whatever"), 400, "id");
    assertError(login("a\0b", "whatever"), 400, "id");
    assertError(login("\ud83d", "whatever"), 400, "id");
    assertError(login(17, "whatever"), 400, "id");
    assertError(login(nobody, 17), 400, "password");
    assertError(login(nobody, ""), 400, "password");
    assertError(login(nobody, "x\0y"), 400, "password");
    assertError(login(nobody, "x".repeat(201)), 400, "password");
    assertError(api.post("/login", "{\"password\":\"whatever\"}"), 400, "id");
    assertError(api.post("/login", "{\"id\":\"" + nobody + "\"}"), 400, "password");
  }

  @Test
  void aUserWithoutAPasswordCannotSignIn() throws Exception {
    UUID id = UUID.randomUUID();
    Shared.postgres()
        .execute(
            "INSERT INTO users VALUES ('%s', 'Д', 'Е', '1990-01-01', '', 'Омск', NULL)"
                .formatted(id));

    assertError(login(id.toString(), "whatever"), 401, "password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"17", "1-1-1-1-1", "6f9619ff-8b86-d011-b42d-00cf4fc964fg", "%F0%9F%98%80"})
  void idsMustBeUuids(String id) throws Exception {
    assertError(api.get("/user/get/" + id), 400, "id");
  }

  @Test
  void unknownUsersAreNotFound() throws Exception {
    assertError(api.get("/user/get/" + UUID.randomUUID()), 404, "id");
  }

  @ParameterizedTest
  @CsvSource({
    "first_name=a, last_name",
    "last_name=a, first_name",
    "first_name=&last_name=a, first_name",
    "first_name=%20%20&last_name=a, first_name",
    "first_name=a&last_name=%09, last_name",
    "first_name=a&last_name=%E2%A0%80, last_name",
    "first_name=a&first_name=b&last_name=a, first_name",
    "first_name=a&last_name=a&last_name=a, last_name",
    "first_name=a%00&last_name=a, first_name",
    "first_name=a&last_name=a&limit=0, limit",
    "first_name=a&last_name=a&limit=10001, limit",
    "first_name=a&last_name=a&limit=-1, limit",
    "first_name=a&last_name=a&limit=ten, limit",
    "first_name=a&last_name=a&limit=, limit",
    "first_name=a&last_name=a&limit=99999999999, limit",
    "first_name=a&last_name=a&limit=1&limit=1, limit",
    "first_name=a&last_name=a&after=17, after",
    "first_name=a&last_name=a&after=, after"
  })
  void aBadParameterIsNamed(String query, String field) throws Exception {
    assertError(api.get("/user/search?" + query), 400, field);
  }

  @Test
  void theLongestPrefixesAreAcceptedAndLongerOnesRefused() throws Exception {
    assertError(api.search("я".repeat(101), "я"), 400, "first_name");
    assertThat(api.search("я".repeat(100), "😀".repeat(100)).body()).isEqualTo("[]");
  }
}
