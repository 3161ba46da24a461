package holdfast.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.fixture.JMeter;
import holdfast.loadtest.fixture.Network;
import holdfast.loadtest.fixture.Network.Answer;
import holdfast.loadtest.fixture.Network.Asked;
import holdfast.loadtest.history.Kind;
import holdfast.loadtest.history.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plan with a mix of reads and writes, against a network that errs on purpose. */
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
      assertThat(counts(requests)).isEqualTo(Map.of(Kind.READ, 72L, Kind.WRITE, 8L));
      assertThat(failures(requests)).isEqualTo(Map.of(Kind.READ, 6L, Kind.WRITE, 2L));
      assertThat(network.asked("GET /post/feed")).hasSizeBetween(20 + 10, 20 + 12);
      everyPostHasItsOwnKey(network);
      someReadsAskForPostsOfThisLoad(network);
    }
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

  private static Map<Kind, Long> counts(List<Request> requests) {
    return requests.stream().collect(Collectors.groupingBy(Request::kind, Collectors.counting()));
  }

  private static Map<Kind, Long> failures(List<Request> requests) {
    return counts(requests.stream().filter(request -> !request.good()).toList());
  }
}
