package holdfast.loadtest.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.history.History;
import holdfast.loadtest.history.ServedRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Ten requests per second for 30 s. A node is down from 1 s and healed at 6 s. */
class RejoinStatsTest {

  private static final Promises PROMISED =
      new Promises(null, null, null, null, null, 0.3, 4L, null);
  private static final List<Expectations.Step> STEPS = List.of(new Expectations.Step(1.0, 5.0));
  private static final List<ServedRequest> NOBODY = List.of();

  @Test
  void computesTheShareOfAnAppNode() {
    Result result = judge(served(300, "app1", "app2", 7500), NOBODY, healed("app2"));
    assertThat(result.reasons()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Result.Outcome.PASSED);
    assertThat(result.returned()).isEqualTo(Map.of("app2", new Result.Rejoin(0.5, 1.532)));
  }

  @Test
  void computesTheShareOfADatabase() {
    List<ServedRequest> byApp = served(300, "app1", "app2", 0);
    Result result = judge(byApp, served(300, "db1", "db2", 6000), healed("db2"));
    assertThat(result.verdict()).isEqualTo(Result.Outcome.PASSED);
    assertThat(result.returned()).isEqualTo(Map.of("db2", new Result.Rejoin(0.5, 0.132)));
  }

  @Test
  void failsWhenTheShareIsLessThanPromised() {
    Result result = judge(served(300, "app1", "app2", 20_000), NOBODY, healed("app2"));
    assertThat(result.verdict()).isEqualTo(Result.Outcome.FAILED);
    assertThat(result.reasons())
        .containsExactly(
            "app2 served 25.0 % of the app nodes' requests from 4 s after its healing on;"
                + " the drill promises at least 30.0 %");
  }

  @Test
  void failsWhenTheNodeNeverServesAgain() {
    Result result = judge(served(300, "app1", "app2", 99_000), NOBODY, healed("app2"));
    assertThat(result.verdict()).isEqualTo(Result.Outcome.FAILED);
    assertThat(result.returned()).isEqualTo(Map.of("app2", new Result.Rejoin(0.0, null)));
  }

  @Test
  void isInvalidIfTooFewRequestsFollowTheHealing() {
    assertThat(doubts(150)).isEmpty();
    assertThat(doubts(149))
        .containsExactly(
            "Too few requests to compute the share of app2 after its healing:"
                + " 49 of at least 50");
    assertThat(RejoinStats.figures(returned(149)).get("app2").share()).isNull();
  }

  @Test
  void isInvalidIfTheHealingWasNotSeen() {
    List<Event> gone = healed("app2").stream().filter(it -> !it.is(Event.Kind.HEALED)).toList();
    Result result = judge(served(300, "app1", "app2", 7500), NOBODY, gone);
    assertThat(result.verdict()).isEqualTo(Result.Outcome.INVALID);
    assertThat(result.reasons())
        .containsExactly("app2 was not seen to heal, so its share is unknown");
  }

  @Test
  void failsWhenTheStepDidNotHeal() {
    List<Event> broken =
        healed("app2").stream()
            .map(it -> it.is(Event.Kind.HEALED) ? event("app2", 6000, Event.Kind.NOT_HEALED) : it)
            .toList();
    assertThat(judge(served(300, "app1", "app2", 7500), NOBODY, broken).verdict())
        .isEqualTo(Result.Outcome.FAILED);
  }

  @Test
  void isInvalidIfTheHealedNodeServesNoRequests() {
    Result result = judge(served(300, "app1", "app2", 0), NOBODY, healed("web1"));
    assertThat(result.verdict()).isEqualTo(Result.Outcome.INVALID);
    assertThat(result.reasons())
        .containsExactly("No step that was healed under load affected an app node or a database");
  }

  @Test
  void ignoresStepsThatAreHealedAfterTheLoadAndDrillsWithoutAPromise() {
    History history = new History(List.of(), served(300, "app1", "app2", 0), NOBODY);
    Expectations silent = new Expectations(STEPS, Promises.NONE);
    assertThat(RejoinStats.of(history, healed("app2"), Runs.lasting(30), silent)).isEmpty();
    Expectations other =
        new Expectations(
            List.of(new Expectations.Step(1.0, null), new Expectations.Step(2.0, 5.0)), PROMISED);
    assertThat(RejoinStats.of(history, healed("app2"), Runs.lasting(30), other)).isEmpty();
  }

  @Test
  void refusesAPromiseThatNoStepCanKeep() {
    assertThatThrownBy(() -> Runs.promising(PROMISED)).hasMessageContaining("heal_at_s");
    assertThatThrownBy(() -> new Expectations.Step(5.0, 5.0)).hasMessageContaining("heal_at_s");
    assertThatThrownBy(() -> new Promises(null, null, null, null, null, 0.3, null, null))
        .hasMessageContaining("need each other");
    assertThatThrownBy(() -> new Promises(null, null, null, null, null, 30.0, 4L, null))
        .hasMessageContaining("between 0 and 1");
  }

  private static List<String> doubts(int requests) {
    return RejoinStats.doubts(returned(requests), PROMISED);
  }

  private static List<RejoinStats> returned(int requests) {
    History history = new History(List.of(), served(requests, "app1", "app2", 7500), NOBODY);
    return RejoinStats.of(
        history, healed("app2"), Runs.lasting(30), new Expectations(STEPS, PROMISED));
  }

  private static Result judge(
      List<ServedRequest> byApp, List<ServedRequest> byDatabase, List<Event> events) {
    List<ServedRequest> someDatabase =
        byDatabase.isEmpty() ? served(1, "db1", "db2", 0) : byDatabase;
    History history = new History(Runs.goodReads(300), byApp, someDatabase);
    return Verdict.of(history, events, Runs.lasting(30), new Expectations(STEPS, PROMISED));
  }

  /** Both nodes serve in turn, but only the first while the second is down. */
  private static List<ServedRequest> served(int count, String first, String second, long backMs) {
    return IntStream.range(0, count)
        .mapToObj(i -> {
          boolean gone = i * 100 >= 1000 && i * 100 < backMs;
          return new ServedRequest(Runs.START + i * 100L + 32, i % 2 == 0 || gone ? first : second);
        })
        .toList();
  }

  private static List<Event> healed(String host) {
    return List.of(
        event(host, 1000, Event.Kind.INJECT),
        event(host, 1100, Event.Kind.PROVED),
        event(host, 4990, Event.Kind.HELD),
        event(host, 5000, Event.Kind.HEAL),
        event(host, 6000, Event.Kind.HEALED));
  }

  private static Event event(String host, long ms, Event.Kind kind) {
    return new Event(Runs.START + ms, kind, 0, "target", host, "core", "text", FaultKind.STOP);
  }
}
