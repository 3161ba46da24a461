package holdfast.loadtest.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {

  @Test
  void isTheLongestLatencyIfAllRequestsAreGood() {
    assertThat(longest(good(0, 30), good(50, 90), good(100, 120))).isEqualTo(new Outage(50, 90));
  }

  @Test
  void lastsFromTheFirstWaitingRequestToTheEndOfAStall() {
    assertThat(longest(good(0, 10), good(100, 2100), good(200, 2150), good(2200, 2210)))
        .isEqualTo(new Outage(100, 2100));
  }

  @Test
  void lastsThroughFailuresToTheNextGoodAnswer() {
    assertThat(longest(good(0, 10), bad(100, 101), bad(200, 201), good(300, 320)))
        .isEqualTo(new Outage(100, 320));
  }

  @Test
  void doesNotGrowWhileOtherRequestsAreAnswered() {
    assertThat(longest(good(0, 1000), good(300, 310), good(600, 610), good(900, 910)))
        .isEqualTo(new Outage(0, 310));
  }

  @Test
  void leavesOutARequestThatALaterOneOvertook() {
    assertThat(longest(good(0, 1000), good(100, 110))).isEqualTo(new Outage(0, 110));
  }

  @Test
  void leavesOutTimesWithoutRequests() {
    assertThat(longest(good(0, 10), good(5000, 5020))).isEqualTo(new Outage(5000, 5020));
  }

  @Test
  void lastsToTheEndIfNoGoodAnswerFollows() {
    assertThat(longest(good(0, 10), bad(100, 2100), bad(200, 2200)))
        .isEqualTo(new Outage(100, 2200));
    assertThat(longest(bad(0, 10), bad(100, 110))).isEqualTo(new Outage(0, 110));
  }

  @Test
  void isUnknownWithoutRequests() {
    assertThat(Outage.longest(List.of())).isEmpty();
  }

  private static Outage longest(Request... requests) {
    return Outage.longest(List.of(requests)).orElseThrow();
  }

  private static Request good(long dueMs, long endMs) {
    return new Request(
        RequestKind.READ, "read search", 1, dueMs, dueMs, endMs, true, "200", "", false);
  }

  private static Request bad(long dueMs, long endMs) {
    return new Request(
        RequestKind.READ,
        "read search",
        1,
        dueMs,
        dueMs,
        endMs,
        false,
        "502",
        "Bad Gateway",
        false);
  }

  @Test
  void anOvertakenRequestKeepsNoGapOpenAfterTheLoad() {
    List<Request> requests = new ArrayList<>(Runs.goodReads(20));
    requests.set(17, Runs.read(1700, 0, 15_000, null));

    assertThat(Outage.longest(requests).orElseThrow().ms()).isLessThan(200);
  }

  @Test
  void theLastRequestsOfALoadThatHangAreAGap() {
    List<Request> requests = new ArrayList<>(Runs.goodReads(20));
    requests.set(18, Runs.read(1800, 0, 15_000, null));
    requests.set(19, Runs.read(1900, 0, 15_100, null));

    assertThat(Outage.longest(requests).orElseThrow().ms()).isGreaterThan(14_000);
  }
}
