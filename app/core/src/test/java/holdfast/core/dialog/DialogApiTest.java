package holdfast.core.dialog;

import static holdfast.core.ContractAssertions.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;

/** Tests of what core refuses by itself, what it passes on to chat, and what it passes back. */
class DialogApiTest {

  private static final String REFUSAL =
      "{\"message\":\"chat's own\",\"request_id\":\"%s\",\"code\":400}".formatted("0".repeat(32));

  private static FakeChat chat;
  private static RunningCore core;
  private static Person anna;
  private static Person boris;

  @BeforeAll
  static void start() throws Exception {
    chat = new FakeChat();
    core =
        RunningCore.startOn(
            Shared.postgres(), "DIALOG_SERVICE=127.0.0.1:" + chat.address().getPort());
    anna = Person.register(core.api());
    boris = Person.register(core.api());
  }

  @AfterAll
  static void stop() {
    core.close();
    chat.close();
  }

  @BeforeEach
  void forget() {
    chat.reset();
  }

  private static String send(Object to) {
    return "/dialog/" + to + "/send";
  }

  private static String list(Object other) {
    return "/dialog/" + other + "/list";
  }

  @Test
  void aMessageIsPassedOnWithItsSenderAndItsIds() throws Exception {
    String requestId = "0123456789abcdef0123456789abcdef";
    var request =
        anna.api()
            .request(send(boris.id()))
            .header("X-Request-Id", requestId)
            .header("Idempotency-Key", "mine")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"other\":1,\"text\":\"Привет\\n\"}"));

    Answer answer = core.api().send(request);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.header("Content-Length")).isEqualTo("0");
    FakeChat.Received received = chat.received().getFirst();
    assertThat(received.method() + " " + received.uri()).isEqualTo("POST " + send(boris.id()));
    assertThat(received.body()).isEqualTo("{\"text\":\"Привет\\n\"}");
    assertThat(received.header("Authorization")).isEqualTo("Bearer " + anna.token());
    assertThat(received.header("X-request-id")).isEqualTo(requestId);
    assertThat(received.header("Idempotency-key")).isEqualTo("mine");
    assertThat(received.header("Content-type")).isEqualTo("application/json");
  }

  @Test
  void aPageIsPassedBackWithTheCursorOfTheNext() throws Exception {
    String page =
        "[{\"from\":\"%s\",\"to\":\"%s\",\"text\":\"Привет\"}]".formatted(boris.id(), anna.id());
    chat.usually(exchange -> {
      exchange.getResponseHeaders().set("X-Next-Before", "there");
      FakeChat.answer(200, page).to(exchange);
    });

    Answer answer = anna.api().get(list(boris.id()) + "?limit=7&before=a%26%2Bb&other=1");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(page);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.header("X-Next-Before")).isEqualTo("there");
    FakeChat.Received received = chat.received().getFirst();
    assertThat(received.uri()).isEqualTo(list(boris.id()) + "?limit=7&before=a%26%2Bb");
    assertThat(received.header("Idempotency-key")).isEmpty();
    anna.api().get(list(boris.id()) + "?limit=1&limit=2&before=%7Bx%7D%22");
    assertThat(chat.received().getLast().uri())
        .isEqualTo(list(boris.id()) + "?limit=1&limit=2&before=%7Bx%7D%22");
  }

  @Test
  void aDialogWithADeletedUserCanBeRead() throws Exception {
    UUID gone = UUID.randomUUID();

    assertThat(anna.api().get(list(gone)).status()).isEqualTo(200);
    assertThat(chat.received()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 413})
  void refusalsOfChatArePassedBackUnchanged(int status) throws Exception {
    chat.usually(FakeChat.answer(status, REFUSAL));

    Answer answer = anna.api().post(send(boris.id()), Person.text("Привет"));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(REFUSAL);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(chat.received()).hasSize(1);
  }

  @Test
  void aTokenThatExpiresOnTheWayIsRefused() throws Exception {
    chat.usually(FakeChat.answer(401, REFUSAL));

    Answer answer = anna.api().get(list(boris.id()));

    assertError(answer, 401, "bearer token");
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 500, 501, 505})
  void unexpectedAnswersOfChatAreInternalErrors(int status) throws Exception {
    chat.usually(FakeChat.answer(status, REFUSAL));

    assertError(anna.api().get(list(boris.id())), 500, "internal error");
    assertThat(chat.received()).hasSize(1);
  }

  @Test
  void badInputIsRefusedBeforeAnythingIsPassedOn() throws Exception {
    Http nobody = core.api();
    assertError(nobody.post(send(boris.id()), Person.text("a")), 401, "bearer token");
    assertError(nobody.get(list(boris.id())), 401, "bearer token");
    assertError(
        anna.api().post(send("1-1-1-1-1"), Person.text("a")), 400, "user_id must be a UUID");
    assertError(anna.api().get(list("17")), 400, "user_id must be a UUID");
    assertError(anna.api().post(send(anna.id()), Person.text("a")), 400, "user_id must be another");
    assertError(anna.api().get(list(anna.id())), 400, "user_id must be another");
    assertError(
        anna.api().post(send(UUID.randomUUID()), Person.text("a")), 404, "user_id is not that");
    for (String text : List.of("", " ", "\u2060\u2800", "a".repeat(10_001), "\0")) {
      assertError(anna.api().post(send(boris.id()), Person.text(text)), 400, "text ");
    }
    for (String body : List.of("{}", "{\"text\":null}", "{\"text\":17}")) {
      assertError(anna.api().post(send(boris.id()), body), 400, "text ");
    }
    assertError(anna.api().post(send(boris.id()), "[]"), 400, "JSON object");
    var keyed = anna.api().request(send(boris.id())).header("Idempotency-Key", "two words");
    keyed.header("Content-Type", "application/json");
    assertError(
        nobody.send(keyed.POST(BodyPublishers.ofString(Person.text("a")))), 400, "Idempotency-Key");
    assertError(anna.api().get(send(boris.id())), 405, "POST");
    assertThat(chat.received()).isEmpty();
  }

  @Test
  void theLongestTextIsPassedOnWhole() throws Exception {
    for (String text : List.of("😀".repeat(10_000), "a" + "\u0001".repeat(9_999))) {
      Answer answer = anna.api().post(send(boris.id()), Person.text(text));
      assertThat(answer.status()).isEqualTo(HttpStatus.OK.value());
      assertThat(chat.received().getLast().body()).isEqualTo(Person.text(text));
    }
  }
}
