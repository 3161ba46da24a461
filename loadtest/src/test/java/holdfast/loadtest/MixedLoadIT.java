package holdfast.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import holdfast.loadtest.fixture.JMeter;
import holdfast.loadtest.fixture.Network;
import holdfast.loadtest.fixture.Network.Answer;
import holdfast.loadtest.fixture.Network.Asked;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the plan with a mix of reads and writes, against a social network in memory that makes
 * mistakes on purpose.
 */
class MixedLoadIT {

  private static final int USERS = 20;
  private static final String MIX =
      "read user,read feed,read post,read dialog,read user,read feed,read dialog,read user,"
          + "write post,read post,"
          + "read user,read feed,read post,read dialog,read user,read feed,read post,read user,"
          + "read feed,write message";

  @TempDir Path folder;

  @Test
  void sendsTheMixInTurnAndTellsBadAnswersFromGood() throws Exception {
    try (Network network = new Network()) {
      int port = network.node().getPort();
      network.err("GET /user/get", 20, it -> new Answer(200, it.body().replace("User", "Users")));
      network.err("GET /post/feed", 20, it -> new Answer(200, "[]"));
      network.err(
          "GET /post/feed",
          21,
          it -> new Answer(200, it.body().replace("user_id\":\"", "user_id\":\"0")));
      network.err("GET /post/get", 15, it -> new Answer(404, "{}"));
      network.err("GET /post/get", 16, it -> new Answer(200, it.body().replace("Post ", "Past ")));
      network.err("GET /dialog/list", 12, it -> new Answer(200, it.body().replace("Message", "")));
      network.err(
          "POST /post/create", USERS + 5, it -> new Answer(200, it.body().replace("\"", "")));
      network.err("POST /dialog/send", USERS + 5, it -> new Answer(503, "{}"));
      List<Request> requests =
          JMeter.load(folder, port, "-Jmix=" + MIX, "-Jrate=20", "-Jduration=4");
      assertThat(counts(requests)).isEqualTo(Map.of(RequestKind.READ, 72L, RequestKind.WRITE, 8L));
      assertThat(failures(requests)).isEqualTo(Map.of(RequestKind.READ, 6L, RequestKind.WRITE, 2L));
      assertThat(network.asked("GET /post/feed")).hasSizeBetween(20 + 10, 20 + 12);
      everyPostHasItsOwnKey(network);
      someReadsAskForPostsOfThisLoad(network);
      theUsersAreTheRuns(network);
      theTextsNameTheRequests(network, requests);
    }
  }

  @Test
  void retriesARequestWithoutAStatusWithTheSameKey() throws Exception {
    try (Network network = new Network()) {
      int port = network.node().getPort();
      network.err("GET /user/get", 20, it -> Answer.NONE);
      network.silence("GET /user/get", 25, 2);
      network.err("GET /post/get", 15, it -> new Answer(503, "{}"));
      network.err("POST /post/create", USERS + 5, it -> Answer.NONE);
      List<Request> requests =
          JMeter.load(
              folder,
              port,
              "-Jmix=" + MIX,
              "-Jrate=20",
              "-Jduration=4",
              "-Jtries=2",
              "-Jagain_ms=0");
      assertThat(counts(requests)).isEqualTo(Map.of(RequestKind.READ, 72L, RequestKind.WRITE, 8L));
      assertThat(requests.stream().filter(request -> !request.good()))
          .extracting(Request::code, Request::again)
          .containsExactlyInAnyOrder(tuple("503", false), tuple("NoHttpResponseException", true));
      List<Request> again = requests.stream().filter(Request::again).toList();
      assertThat(again)
          .extracting(Request::label)
          .containsExactlyInAnyOrder("read user", "read user", "write post");
      Request first = requests.stream().min(Comparator.comparing(Request::number)).orElseThrow();
      assertThat(again)
          .allMatch(it -> it.dueMs() == first.dueMs() + 50 * (it.number() - first.number()));
      assertThat(twice(network.asked("POST /post/create")))
          .isEqualTo(again.stream().filter(MixedLoadIT::isWrite).map(Request::text).toList());
    }
  }

  /** The texts that were sent more than once under one key. */
  private static List<String> twice(List<Asked> writes) {
    return writes.stream().collect(Collectors.groupingBy(Asked::key)).values().stream()
        .filter(tries -> tries.size() > 1)
        .map(
            tries -> tries.stream().map(MixedLoadIT::text).distinct().collect(Collectors.joining()))
        .toList();
  }

  private static boolean isWrite(Request request) {
    return request.kind() == RequestKind.WRITE;
  }

  private static String text(Asked write) {
    return new JsonMapper().readTree(write.body()).path("text").asString();
  }

  private static void theUsersAreTheRuns(Network network) {
    assertThat(network.asked("POST /user/register").stream().map(Asked::body))
        .hasSize(USERS)
        .allMatch(body -> body.contains("\"city\":\"Load 1"));
  }

  /** The texts of the set-up and of the warm-up differ from those of the load. */
  private static void theTextsNameTheRequests(Network network, List<Request> requests) {
    List<String> texts =
        Stream.of("POST /post/create", "POST /dialog/send")
            .flatMap(route -> network.asked(route).stream().map(MixedLoadIT::text))
            .toList();
    assertThat(texts.stream().filter(text -> text.matches("\\w+ [1-9]\\d*")))
        .containsExactlyInAnyOrderElementsOf(
            requests.stream().filter(MixedLoadIT::isWrite).map(Request::text).toList());
    assertThat(texts).contains("Post s0", "Message 0").anyMatch(text -> text.matches("Post w\\d+"));
  }

  @Test
  void sendsNothingWhenTheUsersCannotBeMade() throws Exception {
    try (Network network = new Network()) {
      network.err("POST /login", 7, it -> new Answer(503, "{}"));
      int port = network.node().getPort();
      assertThat(JMeter.load(folder, port, "-Jmix=" + MIX)).isEmpty();
      assertThat(network.asked("POST /user/register")).hasSize(7);
      assertThat(folder.resolve("jmeter.log"))
          .content()
          .contains("The set-up failed: set-up login: 503");
    }
  }

  private static void everyPostHasItsOwnKey(Network network) {
    List<Asked> posts = network.asked("POST /post/create");
    assertThat(posts)
        .hasSizeGreaterThan(USERS + 4)
        .extracting(Asked::key)
        .doesNotContainNull()
        .doesNotHaveDuplicates();
  }

  private static void someReadsAskForPostsOfThisLoad(Network network) {
    assertThat(network.asked("GET /post/get").stream().map(Asked::path).distinct().count())
        .isGreaterThan(4);
  }

  private static Map<RequestKind, Long> counts(List<Request> requests) {
    return requests.stream().collect(Collectors.groupingBy(Request::kind, Collectors.counting()));
  }

  private static Map<RequestKind, Long> failures(List<Request> requests) {
    return counts(requests.stream().filter(request -> !request.good()).toList());
  }
}
