package holdfast.core.live;

import static holdfast.core.ContractAssertions.assertError;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.LiveClient;
import holdfast.core.fixture.Person;
import holdfast.core.fixture.RawLiveClient;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of what subscribers of one node may and may not do. */
@ExtendWith(OutputCaptureExtension.class)
class LiveApiTest {

  private static RunningCore core;
  private static Person author;
  private static Person reader;

  @BeforeAll
  static void start() throws Exception {
    core = start("holdfast.live.send-timeout=2");
    author = Person.register(core.api());
    reader = Person.register(core.api());
    reader.befriend(author);
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  private static RunningCore start(String... settings) {
    return RunningCore.startOn(Shared.postgres(), settings);
  }

  /** Waits until the node counts this many subscribers. It counts a client after the handshake. */
  private static void awaitSubscribers(RunningCore core, int count) {
    await().atMost(20, SECONDS).until(() -> metric(core, "holdfast_live_subscribers") == count);
  }

  private static double metric(RunningCore core, String name) throws Exception {
    return core.management()
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  @Test
  void aFriendsPostHasTheFormOfTheContract() throws Exception {
    try (LiveClient client = LiveClient.of(reader)) {
      UUID post = author.post("Привет, \"мир\"\n\u0001😀");

      JsonNode event = client.awaitEvents(1).events().getFirst();
      assertThat(event.propertyNames())
          .containsExactlyInAnyOrder("postId", "postText", "author_user_id");
      assertThat(event.get("postId").asString()).isEqualTo(post.toString());
      assertThat(event.get("postText").asString()).isEqualTo("Привет, \"мир\"\n\u0001😀");
      assertThat(event.get("author_user_id").asString()).isEqualTo(author.id().toString());
    }
  }

  @Test
  void onlyPostsOfCurrentFriendsArrive() throws Exception {
    Person other = Person.register(core.api());
    try (LiveClient client = LiveClient.of(reader);
        LiveClient own = LiveClient.of(author)) {
      other.post("до дружбы");
      UUID first = author.post("от друга");
      client.awaitEvents(1);
      reader.befriend(other);
      UUID second = other.post("от нового друга");
      client.awaitEvents(2);
      assertThat(reader.api().put("/friend/delete/" + other.id()).status()).isEqualTo(200);
      other.post("после дружбы");
      UUID third = author.post("и ещё");

      assertThat(client.awaitEvents(3).posts()).containsExactly(first, second, third);
      assertThat(own.posts()).isEmpty();
    }
  }

  @Test
  void theLongestTextsArriveWhole() throws Exception {
    try (LiveClient client = LiveClient.of(reader)) {
      for (String text :
          List.of("a" + "\u0001".repeat(9_999), "😀".repeat(10_000), "я".repeat(10_000))) {
        int before = client.events().size();
        author.post(text);
        JsonNode event = client.awaitEvents(before + 1).events().getLast();
        assertThat(event.get("postText").asString()).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?access_token=", "?access_token=nonsense", "?after=17"})
  void clientsWithoutAValidTokenAreRefused(String query) throws Exception {
    assertError(core.api().get(LiveClient.PATH + query), 401, "bearer token");
    try (RawLiveClient refused = new RawLiveClient(RunningCore.livePort(core.api()), query)) {
      assertThat(refused.head())
          .startsWith("HTTP/1.1 401")
          .contains("WWW-Authenticate: Bearer\r\n", "Content-Type: application/json")
          .containsPattern("X-Request-Id: [0-9a-f]{32}\r\n");
      assertThat(refused.input().readNBytes(20)).asString().contains("{\"message\":");
    }
  }

  @Test
  void aPlainRequestIsToldToUpgrade() throws Exception {
    Answer refused = reader.api().get(LiveClient.PATH);

    assertError(refused, 426, "WebSocket");
    assertThat(refused.header("Upgrade")).isEqualTo("websocket");
    assertThat(refused.header("Sec-WebSocket-Version")).isEqualTo("13");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"})
  void afterMustBeAPost(String after) throws Exception {
    assertError(reader.api().get(LiveClient.PATH + "?after=" + after), 400, "after ");
  }

  @Test
  void theTokenMayBeInTheQueryAndNoLogShowsIt(CapturedOutput output) throws Exception {
    String token = reader.token();
    String malformed = "?after=%zz&access_token=" + token;
    int port = RunningCore.livePort(core.api());
    try (RawLiveClient client = RawLiveClient.of(reader, "Origin: https://elsewhere.example");
        RawLiveClient noPost = new RawLiveClient(port, "?after=17&access_token=" + token);
        RawLiveClient noQuery = new RawLiveClient(port, malformed);
        RawLiveClient noHeader = RawLiveClient.of(reader, "Sec-WebSocket-Extensions: ;;")) {
      assertThat(client.head()).startsWith("HTTP/1.1 101");
      assertThat(noPost.head()).startsWith("HTTP/1.1 400");
      assertThat(noQuery.head()).startsWith("HTTP/1.1 400");
      assertThat(noHeader.head()).startsWith("HTTP/1.1 101");
    }

    await().atMost(10, SECONDS).until(() -> output.toString().contains("\"status\":101"));
    assertThat(output).contains("\"path\":\"/post/feed/posted\",\"status\":400");
    assertThat(output).doesNotContain(token.substring(token.length() - 20), "access_token");
  }

  @Test
  void nothingIsCompressed() throws Exception {
    String offer = "Sec-WebSocket-Extensions: permessage-deflate";
    try (RawLiveClient client = RawLiveClient.of(reader, offer)) {
      assertThat(client.head()).startsWith("HTTP/1.1 101").doesNotContain("deflate");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 10_000_000})
  void aClientThatSendsALongMessageIsDisconnected(int length) throws Exception {
    double before = metric(core, ended("too_big"));
    try (LiveClient client = LiveClient.of(reader);
        LiveClient modest = LiveClient.of(reader)) {
      modest.send("hello");
      try {
        client.send("x".repeat(length));
      } catch (RuntimeException e) {
        // The node may have closed the connection before everything was sent.
      }
      await().atMost(20, SECONDS).until(() -> metric(core, ended("too_big")) == before + 1);

      UUID post = author.post("дальше");
      assertThat(modest.awaitEvents(1).posts()).containsExactly(post);
      assertThat(modest.isClosed()).isFalse();
    }
  }

  private static String ended(String reason) {
    return "holdfast_live_ended_total{reason=\"" + reason + "\"}";
  }

  @Test
  void aClientThatNeverReadsIsDisconnectedAndDelaysNobody() throws Exception {
    try (RawLiveClient lazy = RawLiveClient.of(reader);
        LiveClient client = LiveClient.of(reader)) {
      assertThat(lazy.head()).startsWith("HTTP/1.1 101");
      int posts = 60;
      for (int i = 0; i < posts; i++) {
        author.post("😀".repeat(10_000));
        client.awaitEvents(i + 1);
      }
      await().atMost(20, SECONDS).until(() -> metric(core, ended("slow")) == 1);

      author.post("дальше");
      client.awaitEvents(posts + 1);
      assertThat(client.isClosed()).isFalse();
      awaitSubscribers(core, 1);
    }
  }

  @Test
  void aClientThatAnswersNoPingIsDisconnected() throws Exception {
    try (RunningCore pinging = start("LIVE_PING=1");
        RawLiveClient silent = RawLiveClient.of(reader.at(pinging.api()));
        LiveClient client = LiveClient.of(reader.at(pinging.api()))) {
      assertThat(silent.input().readNBytes(2)).containsExactly(0x89, 0x00);
      assertThat(silent.input().readNBytes(1)).containsExactly(0x88);
      assertThat(silent.input().readNBytes(3)).endsWith(1008 >> 8, 1008 & 0xff);
      assertThat(metric(pinging, ended("silent"))).isEqualTo(1);
      assertThat(client.isClosed()).isFalse();
    }
  }

  @Test
  void theConnectionEndsWhenItsTokenExpires() throws Exception {
    try (RunningCore forgetful = start("holdfast.token.ttl=3s")) {
      Person passing = Person.register(forgetful.api());
      try (LiveClient client = LiveClient.of(passing)) {
        assertThat(client.awaitClosed()).isEqualTo("1008 token expired");
      }
    }
  }

  @Test
  void connectionsAreLimitedAndDelayNoRequest() throws Exception {
    try (RunningCore small =
            start(
                "holdfast.admission.in-flight=1",
                "holdfast.live.subscribers=3",
                "holdfast.live.subscribers-per-user=2");
        LiveClient first = LiveClient.of(reader.at(small.api()))) {
      Person one = reader.at(small.api());
      Person other = author.at(small.api());
      LiveClient second = LiveClient.of(one);
      awaitSubscribers(small, 2);
      Answer refused = one.api().get(LiveClient.PATH);
      assertError(refused, 429, "2 live connections");
      assertThat(refused.header("Retry-After")).matches("\\d+");
      try (LiveClient third = LiveClient.of(other)) {
        awaitSubscribers(small, 3);
        Answer full = other.api().get(LiveClient.PATH);
        assertError(full, 503, "too many live connections");
        assertThat(full.header("Retry-After")).matches("\\d+");
        assertThat(one.api().get("/post/feed").status()).isEqualTo(200);
        assertThat(third.isClosed()).isFalse();
      }
      second.close();
      await().atMost(20, SECONDS).until(() -> one.api().get(LiveClient.PATH).status() == 426);
      assertThat(first.isClosed()).isFalse();
    }
  }

  @Test
  void aStoppingNodeClosesItsConnectionsAndRefusesNewOnes() throws Exception {
    RunningCore stopping = start("DRAIN_TIMEOUT=6", "LIVE_POLL_MS=50");
    Person there = reader.at(stopping.api());
    try (LiveClient client = LiveClient.of(there)) {
      // A handshake ends before the node has added the subscriber. If the stop begins in between,
      // the node closes the connection without sending a post. So the test waits for a first post.
      UUID first = author.post("сначала");
      client.awaitEvents(1);
      Thread stop = Thread.startVirtualThread(stopping::close);
      await()
          .atMost(20, SECONDS)
          .until(() -> stopping.management().get("/actuator/health/readiness").status() == 503);
      UUID last = author.post("напоследок");
      assertError(there.api().get(LiveClient.PATH), 503, "stopping");

      assertThat(client.awaitEvents(2).posts()).containsExactly(first, last);
      assertThat(client.awaitClosed()).startsWith("1001 ");
      stop.join();
    }
  }

  @Test
  void theAccessLineIsWrittenAtTheHandshake(CapturedOutput output) throws Exception {
    try (LiveClient client = LiveClient.of(reader)) {
      await().atMost(10, SECONDS).until(() -> output.toString().contains("\"status\":101"));
      String line =
          output
              .toString()
              .lines()
              .filter(text -> text.contains("\"status\":101"))
              .findFirst()
              .orElseThrow();
      JsonNode access = JsonMapper.shared().readTree(line);
      assertThat(access.get("path").asString()).isEqualTo(LiveClient.PATH);
      assertThat(access.get("tries").asInt()).isPositive();
      assertThat(client.isClosed()).isFalse();
    }
  }

  @Test
  void aPostThatWasDeletedBeforeItsDeliveryDoesNotArrive() throws Exception {
    UUID before = author.post("до");
    UUID deleted = author.post("удалённый");
    UUID updated = author.post("старый текст");
    assertThat(author.api().put("/post/delete/" + deleted).status()).isEqualTo(200);
    String update = "{\"id\":\"%s\",\"text\":\"новый текст\"}".formatted(updated);
    assertThat(author.api().put("/post/update", update).status()).isEqualTo(200);

    try (LiveClient client = LiveClient.after(reader, before)) {
      assertThat(client.awaitEvents(1).posts()).containsExactly(updated);
      assertThat(client.events().getFirst().get("postText").asString()).isEqualTo("новый текст");
    }
    try (LiveClient client = LiveClient.after(reader, deleted)) {
      assertThat(client.awaitEvents(1).posts()).containsExactly(updated);
    }
  }
}
