package holdfast.core.dialog;

import static holdfast.core.ContractAssertions.assertError;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.TcpSwitch;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests of requests while the two chat nodes behind a balancer fail, hang or disappear. */
@ExtendWith(OutputCaptureExtension.class)
class ChatTroubleTest {

  private static final int CALLS = 12;

  private FakeChat chat;
  private FakeChat otherNode;
  private TcpSwitch balancer;
  private RunningCore core;
  private Person anna;
  private UUID boris;

  @BeforeEach
  void start() throws Exception {
    chat = new FakeChat();
    otherNode = new FakeChat();
    balancer = new TcpSwitch(chat.address());
    startCore();
    anna = Person.register(core.api());
    boris = Person.register(core.api()).id();
  }

  private void startCore(String... settings) {
    Map<String, String> environment =
        RunningCore.environment(Shared.postgres().url(), Shared.postgres().url());
    environment.put("DIALOG_SERVICE", "127.0.0.1:" + balancer.port());
    core = RunningCore.start(environment, settings);
  }

  @AfterEach
  void stop() throws Exception {
    core.close();
    balancer.close();
    chat.close();
    otherNode.close();
  }

  private Answer send() throws Exception {
    return anna.api().post("/dialog/" + boris + "/send", Person.text("Привет"));
  }

  private Answer list() throws Exception {
    return anna.api().get("/dialog/" + boris + "/list");
  }

  /** Fills the pool with connections, as concurrent requests do. */
  private void pooled(int connections) throws Exception {
    CountDownLatch together = new CountDownLatch(1);
    chat.usually(FakeChat.after(together));
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        answers.add(clients.submit(this::send));
      }
      await().atMost(20, SECONDS).until(() -> chat.received().size() >= connections);
      together.countDown();
      for (Future<Answer> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }
    chat.reset();
  }

  private String metrics() throws Exception {
    return core.management().get("/actuator/prometheus").body();
  }

  @Test
  void failedAttemptsAreRetriedUntilOneIsAnswered(CapturedOutput output) throws Exception {
    chat.next(
        FakeChat.hangUp(),
        FakeChat.answer(502, "bad gateway"),
        FakeChat.answer(503, "busy"),
        FakeChat.answer(504, "slow"),
        FakeChat.stranger(200),
        FakeChat.stranger(404),
        FakeChat.answer(200, "x".repeat(3 * 1024 * 1024)));
    String id = "00000000000000000000000000abcdef";
    var message =
        anna.api()
            .request("/dialog/" + boris + "/send")
            .header("X-Request-Id", id)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Person.text("Привет")));

    assertThat(core.api().send(message).status()).isEqualTo(200);

    assertThat(chat.received()).hasSize(8);
    assertThat(chat.received()).allMatch(received -> received.header("X-request-id").equals(id));
    assertThat(output).containsPattern(id + "\".*\"status\":200.*\"calls\":8");
    assertThat(metrics())
        .contains("holdfast_chat_tries_seconds_count{outcome=\"refused\"} 1")
        .contains("holdfast_chat_tries_seconds_count{outcome=\"broken\"} 6")
        .contains("holdfast_chat_tries_seconds_count{outcome=\"answered\"} 1");
  }

  @Test
  void anAttemptThatHangsIsRetriedOnANewConnection() throws Exception {
    chat.next(FakeChat.after(new CountDownLatch(1)), chat.dawdle());

    Answer answer = list();

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(chat.received()).hasSize(3);
    assertThat(metrics()).contains("holdfast_chat_tries_seconds_count{outcome=\"silent\"} 2");
  }

  @Test
  void aSlowNodeGetsMoreTimeOnTheSecondAttempt() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    chat.usually(FakeChat.after(slow));
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> answer = clients.submit(this::send);
      await().atMost(20, SECONDS).until(() -> chat.received().size() == 2);
      // The pause is longer than the first attempt's limit of 1 s. The second's limit is 2 s.
      await().pollDelay(1300, MILLISECONDS).until(() -> true);
      slow.countDown();
      assertThat(answer.get().status()).isEqualTo(200);
    } finally {
      slow.countDown();
    }
    assertThat(chat.received()).hasSize(2);
  }

  @Test
  void anotherNodeIsAskedWhenOneRefuses() throws Exception {
    pooled(3);
    chat.usually(FakeChat.answer(503, "busy"));
    balancer.to(otherNode.address());

    assertThat(send().status()).isEqualTo(200);
    assertThat(chat.received()).hasSize(1);
    assertThat(otherNode.received()).hasSize(1);
  }

  @Test
  void aRefusedMessageIsAnsweredWith503AndOneThatMayBeStoredWith504() throws Exception {
    chat.usually(FakeChat.answer(503, "no room"));
    Answer refused = send();
    assertError(refused, 503, "can't take it");
    assertThat(refused.header("Retry-After")).matches("\\d+");
    assertThat(chat.received()).hasSize(3);

    chat.next(FakeChat.hangUp());
    assertError(send(), 504, "the outcome is unknown");
  }

  @Test
  void aPoolFullOfSilentConnectionsCostsOneAttempt() throws Exception {
    pooled(5);
    balancer.to(otherNode.address());
    balancer.silence();

    assertThat(send().status()).isEqualTo(200);
    assertThat(metrics()).contains("holdfast_chat_tries_seconds_count{outcome=\"silent\"} 1");
    assertThat(list().status()).isEqualTo(200);
    assertThat(otherNode.received()).hasSize(2);
    assertThat(metrics()).contains("holdfast_chat_tries_seconds_count{outcome=\"silent\"} 1");
  }

  @Test
  void aRestartOfChatFailsNoRequest() throws Exception {
    for (int i = 0; i < 5; i++) {
      pooled(3);
      balancer.cut();
      assertThat(send().status()).isEqualTo(200);
      assertThat(list().status()).isEqualTo(200);
    }
  }

  @Test
  void withoutAnyNodeTheAnswerHasRetryAfter() throws Exception {
    balancer.to();

    Answer read = list();
    assertError(read, 503, "the chat service can't be reached");
    assertThat(read.header("Retry-After")).matches("\\d+");
    // A failed attempt may have stored the message.
    Answer write = send();
    assertError(write, 504, "the outcome is unknown");
    assertThat(write.header("Retry-After")).matches("\\d+");
    balancer.to(chat.address());
    assertThat(send().status()).isEqualTo(200);
    awaitSelectors();
  }

  /**
   * Each pool has a thread that watches its connections. The threads of replaced pools must end.
   */
  private static void awaitSelectors() {
    await()
        .atMost(10, SECONDS)
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().endsWith("SelectorManager"))
                    .count()
                // One thread belongs to core, and one to the test's own client.
                <= 2);
  }

  @Test
  void aHangingChatServiceLeavesRoomForOtherRequests() throws Exception {
    core.close();
    startCore("DIALOG_TRY=30", "DIALOG_DEADLINE=60", "WRITE_DEADLINE=60");
    anna = anna.at(core.api());
    CountDownLatch healed = new CountDownLatch(1);
    chat.usually(FakeChat.after(healed));
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> under = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        under.add(clients.submit(i % 2 == 0 ? this::send : this::list));
      }
      await().atMost(20, SECONDS).until(() -> metrics().contains("holdfast_chat_free 0.0"));
      assertThat(core.api().search("Л", "З").status()).isEqualTo(200);
      assertThat(anna.api().get("/post/feed").status()).isEqualTo(200);
      // Of the 30 reads, CALLS are in progress, and the others are refused. The 30 writes wait.
      await()
          .atMost(20, SECONDS)
          .until(() -> under.stream().filter(Future::isDone).count() == 30 - CALLS);
      await().atMost(20, SECONDS).until(() -> chat.received().size() == 30 + CALLS);
      healed.countDown();
      for (Future<Answer> answer : under) {
        if (answer.get().status() != 200) {
          assertError(answer.get(), 503, "too many requests at once");
          assertThat(answer.get().header("Retry-After")).matches("\\d+");
        }
      }
    } finally {
      healed.countDown();
    }
    assertThat(metrics()).doesNotContain("holdfast_chat_refused_total 0.0");
    assertThat(send().status()).isEqualTo(200);
  }
}
