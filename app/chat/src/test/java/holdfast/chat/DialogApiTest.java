package holdfast.chat;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.SharedPostgres;
import holdfast.platform.fixture.TestTokens;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

class DialogApiTest {

  private static RunningChat chat;
  private static Http api;

  private final UUID anna = UUID.randomUUID();
  private final UUID boris = UUID.randomUUID();

  @BeforeAll
  static void start() {
    // On a slow machine, many requests may wait for admission at once.
    chat =
        RunningChat.startOn(SharedPostgres.of("chat"), "ADMISSION_TIMEOUT=30", "READ_DEADLINE=30");
    api = chat.api();
  }

  @AfterAll
  static void stop() {
    chat.close();
  }

  private static void assertError(Answer answer, int status, String field) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().propertyNames())
        .containsExactlyInAnyOrder("message", "request_id", "code");
    assertThat(answer.json().get("message").asString()).startsWith(field);
    assertThat(answer.json().get("request_id").asString()).isEqualTo(answer.header("X-Request-Id"));
  }

  private List<String> texts(UUID caller, UUID other) throws Exception {
    Answer answer = chat.list(caller, other, "");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().valueStream().map(message -> message.get("text").asString()).toList();
  }

  private void sent(UUID from, UUID to, String text) throws Exception {
    Answer answer = chat.send(from, to, text);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void bothUsersSeeTheirDialogOldestFirstAndNobodyElseDoes() throws Exception {
    UUID vera = UUID.randomUUID();
    sent(anna, boris, "Привет \"Борис\"\n\t\u0001 😀");
    sent(boris, anna, "и тебе");
    sent(anna, vera, "другой разговор");
    sent(anna, boris, "пока");

    Answer answer = chat.list(anna, boris, "");
    assertThat(answer.json())
        .isEqualTo(
            JsonMapper.shared()
                .valueToTree(
                    List.of(
                        message(anna, boris, "Привет \"Борис\"\n\t\u0001 😀"),
                        message(boris, anna, "и тебе"),
                        message(anna, boris, "пока"))));
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.headers().firstValue("X-Next-Before")).isEmpty();
    assertThat(chat.list(boris, anna, "").body()).isEqualTo(answer.body());
    assertThat(texts(vera, anna)).containsExactly("другой разговор");
    assertThat(chat.list(vera, boris, "").body()).isEqualTo("[]");
  }

  private static Map<String, String> message(UUID from, UUID to, String text) {
    return Map.of("from", from.toString(), "to", to.toString(), "text", text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-4000-8000-000000000001 ffffffff-ffff-4fff-bfff-fffffffffffe",
        "7fffffff-0000-4000-8000-000000000001 80000000-0000-4000-8000-000000000001",
        "11111111-1111-4111-8000-000000000001 11111111-1111-4111-9000-000000000001",
      })
  void usersWithAnyIdsHaveADialog(String ids) throws Exception {
    UUID one = UUID.fromString(ids.substring(0, 36));
    UUID other = UUID.fromString(ids.substring(37));
    sent(one, other, "туда");
    sent(other, one, "обратно");

    assertThat(texts(one, other)).containsExactly("туда", "обратно");
    assertThat(chat.list(one, other, "").json().get(1).get("from").asString())
        .isEqualTo(other.toString());
  }

  @Test
  void onlyAValidTokenIsAccepted() throws Exception {
    String body = "{\"text\":\"a\"}";
    for (String token :
        List.of(
            "nonsense",
            TestTokens.expired(anna),
            TestTokens.forged(anna),
            TestTokens.unsigned(anna))) {
      Answer answer = api.send(chat.sending(token, boris.toString(), body));
      assertError(answer, 401, "a valid bearer token");
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }
    assertError(api.get("/dialog/" + boris + "/list"), 401, "a valid bearer token");
    assertThat(texts(anna, boris)).isEmpty();
  }

  @Test
  void theOtherUserMustNotBeTheCaller() throws Exception {
    String token = TestTokens.of(anna);
    assertError(api.send(chat.sending(token, "1-1-1-1-1", "{\"text\":\"a\"}")), 400, "user_id ");
    assertError(chat.send(anna, anna, "мне"), 400, "user_id ");
    assertError(chat.list(anna, anna, ""), 400, "user_id ");
  }

  @Test
  void aTextHasUpTo10000Characters() throws Exception {
    String token = TestTokens.of(anna);
    String longest = "😀".repeat(10_000);
    sent(anna, boris, longest);
    assertThat(texts(boris, anna)).containsExactly(longest);
    JsonMapper escaping = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    for (String text : List.of("", " \n", " \u200b\u3164", "a".repeat(10_001), "\0", "a\ud83d")) {
      String body = escaping.writeValueAsString(Map.of("text", text));
      assertError(api.send(chat.sending(token, boris.toString(), body)), 400, "text ");
    }
    for (String body : List.of("{}", "{\"text\":null}", "{\"text\":1}")) {
      assertError(api.send(chat.sending(token, boris.toString(), body)), 400, "text ");
    }
    assertError(api.send(chat.sending(token, boris.toString(), "[]")), 400, "the body ");
    assertThat(texts(boris, anna)).hasSize(1);
  }

  @Test
  void aContentTypeWithAWildcardIsNotJsonAndUnknownPathsStay404() throws Exception {
    for (String type : List.of("application/*", "*/*")) {
      var unknown = api.request("/nothing").header("Content-Type", type);
      assertError(api.send(unknown), 404, "there is nothing at this path");
      var sending = chat.sending(anna, boris, "a").setHeader("Content-Type", type);
      assertError(api.send(sending), 415, "Content-Type");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=",
        "limit=ten",
        "limit=1&limit=2",
        "before=",
        "before=!",
        "before=AAAA",
        // These two positions are before 1970 and after the year 9999.
        "before=__________8AAAAAAAAAAAAAAAAAAAAA",
        "before=f_________8AAAAAAAAAAAAAAAAAAAAA",
      })
  void aBadPageParameterIsNamed(String query) throws Exception {
    assertError(chat.list(anna, boris, "?" + query), 400, query.substring(0, query.indexOf('=')));
  }

  @Test
  void aRepeatedRequestIsOneMessage() throws Exception {
    String requestId = UUID.randomUUID().toString().replace("-", "");
    HttpRequest.Builder request =
        chat.sending(anna, boris, "раз").header("X-Request-Id", requestId);

    assertThat(api.send(request).status()).isEqualTo(200);
    assertThat(api.send(request).status()).isEqualTo(200);

    assertThat(texts(anna, boris)).containsExactly("раз");
  }

  @Test
  void aKeyStandsForOneMessageOfOneUser() throws Exception {
    UUID vera = UUID.randomUUID();
    assertThat(api.send(keyed(chat.sending(anna, boris, "раз"))).status()).isEqualTo(200);
    assertThat(api.send(keyed(chat.sending(anna, boris, "раз"))).status()).isEqualTo(200);
    assertThat(api.send(keyed(chat.sending(boris, anna, "раз"))).status()).isEqualTo(200);

    assertError(api.send(keyed(chat.sending(anna, boris, "два"))), 409, "Idempotency-Key ");
    assertError(api.send(keyed(chat.sending(anna, vera, "раз"))), 409, "Idempotency-Key ");
    assertThat(texts(anna, boris)).containsExactly("раз", "раз");
    assertThat(texts(anna, vera)).isEmpty();
    HttpRequest.Builder malformed = chat.sending(anna, boris, "раз");
    assertError(
        api.send(malformed.header("Idempotency-Key", "two words")), 400, "Idempotency-Key ");
  }

  private static HttpRequest.Builder keyed(HttpRequest.Builder request) {
    return request.header("Idempotency-Key", "the-clients-own");
  }

  @Test
  void concurrentRepeatsAreOneMessageAndBothSucceed() throws Exception {
    int messages = 20;
    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < messages; i++) {
        String key = "key-" + i;
        for (int copy = 0; copy < 2; copy++) {
          HttpRequest.Builder request = chat.sending(anna, boris, key);
          answers.add(clients.submit(() -> api.send(request.header("Idempotency-Key", key))));
        }
      }
    }
    for (Future<Answer> answer : answers) {
      assertThat(answer.get().status()).isEqualTo(200);
    }
    assertThat(texts(anna, boris)).hasSize(messages).doesNotHaveDuplicates();
  }

  @Test
  void bodiesMustBeJsonAndErrorsAreJson() throws Exception {
    String path = "/dialog/" + boris + "/send";
    var form = api.request(path).header("Authorization", "Bearer " + TestTokens.of(anna));
    assertError(api.send(form.POST(BodyPublishers.ofString("text=a"))), 415, "Content-Type must");
    assertError(api.get(path), 405, "the method must be POST");
    assertError(api.get("/nothing"), 404, "there is nothing");
  }
}
