package holdfast.loadtest.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTest {

  @Test
  void passesWhenTheFaultHappenedAndThePromiseHeld() {
    Result result = judge(Runs.goodReads(20));
    assertThat(result.verdict()).isEqualTo(Result.Outcome.PASSED);
    assertThat(result.reasons()).isEmpty();
    assertThat(result.reads()).isEqualTo(new Result.Reads(20, 20, 0));
    assertThat(result.writes())
        .isEqualTo(new Result.Writes(0, 0, 0, 0, null, null, null, null, null));
    assertThat(result.latencyMs()).isEqualTo(new Result.LatencyMs(32L, 32L, 32L));
    assertThat(result.unavailableMs()).isEqualTo(new Result.UnavailableMs(32, 0));
  }

  @Test
  void failsWhenMoreReadsFailThanPromised() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(12, Runs.read(1200, 2, 5, "Bad Gateway"));
    Result result = judge(requests);
    assertThat(result.verdict()).isEqualTo(Result.Outcome.FAILED);
    assertThat(result.reasons()).containsExactly("1 reads failed; at most 0 may fail");
    assertThat(result.reads()).isEqualTo(new Result.Reads(20, 19, 1));
    assertThat(result.unavailableMs().reads()).isEqualTo(132);
  }

  @Test
  void failsWhenMoreWritesAreOfUnknownOutcomeThanPromised() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(12, Runs.write("write post", 13, 1200, "504"));
    History history =
        new History(requests, Runs.served(20), Runs.history(requests).byDatabase(), Map.of());
    Promises promised = new Promises(null, null, null, null, null, null, null, 0L);

    assertThat(Verdict.of(history, Runs.events(), Runs.RUN, Runs.promising(promised)).reasons())
        .containsExactly("1 writes have an unknown outcome; at most 0 may have one");
  }

  @Test
  void failsWhenP99IsOverThePromise() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(12, Runs.read(1200, 2, 1500, null));
    assertThat(judge(requests).reasons())
        .containsExactly("The p99 latency is 1502 ms; the drill promises at most 1000 ms");
  }

  @Test
  void failsWhenAGapIsLongerThanPredicted() {
    Result result = judgeGaps(Runs.read(1200, 2, 5, "Bad Gateway"), 131L, 2_000L);
    assertFailed(result, "The longest gap in reads is 132 ms; at most 131 ms is predicted");
    assertThat(judgeGaps(Runs.read(1200, 2, 5, "Bad Gateway"), 132L, 2_000L).verdict())
        .isEqualTo(Result.Outcome.PASSED);
    assertThat(result.onlySlow()).isTrue();
    result = judgeGaps(Runs.write("write post", 13, 1200, "504"), null, 9L);
    assertFailed(result, "The longest gap in writes is 10 ms; at most 9 ms is predicted");
    assertThat(result.onlySlow()).isTrue();
  }

  @Test
  void isNotOnlySlowIfRequestsFailedToo() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(12, Runs.read(1200, 2, 5, "Bad Gateway"));
    Promises promised = new Promises(0L, null, null, 131L, null, null, null, null);
    Result result =
        Verdict.of(Runs.history(requests), Runs.events(), Runs.RUN, Runs.promising(promised));
    assertFailed(
        result,
        "1 reads failed; at most 0 may fail",
        "The longest gap in reads is 132 ms; at most 131 ms is predicted");
    assertThat(result.onlySlow()).isFalse();
  }

  private static Result judgeGaps(
      Request one, @Nullable Long readsMsMax, @Nullable Long writesMsMax) {
    List<Request> requests = Runs.goodReads(20);
    requests.set(12, one);
    Expectations expected =
        Runs.promising(new Promises(null, null, null, readsMsMax, writesMsMax, null, null, null));
    return Verdict.of(Runs.history(requests), Runs.events(), Runs.RUN, expected);
  }

  @Test
  void measuresLatencyFromTheDueTimeSoThatAStallOfTheGeneratorShows() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(5, Runs.read(500, 900, 200, null));
    Result result = judge(requests);
    assertThat(result.latencyMs().max()).isEqualTo(1100);
    assertThat(result.verdict()).isEqualTo(Result.Outcome.FAILED);
  }

  @Test
  void ignoresLimitsThatTheDrillDoesNotPromise() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(12, Runs.read(1200, 2, 1500, "Bad Gateway"));
    assertThat(
            Verdict.of(Runs.history(requests), Runs.events(), Runs.RUN, Runs.NO_PROMISE).verdict())
        .isEqualTo(Result.Outcome.PASSED);
  }

  @Test
  void countsByNodeBeforeDuringAndAfter() {
    Result result = judge(Runs.goodReads(20));
    assertThat(result.perApp())
        .containsEntry("app1", new Result.Phases(5, 5, 0))
        .containsEntry("app2", new Result.Phases(5, 5, 0));
    assertThat(result.perReplica())
        .containsEntry("db1", new Result.Phases(0, 0, 0))
        .containsEntry("db2", new Result.Phases(1, 0, 0));
  }

  @Test
  void isInvalidOnAnUnhealthyCluster() {
    Run run = Runs.run(false, List.of("db3 does not stream"), true, List.of());
    assertInvalid(judge(run), "The cluster was not healthy before the load: db3 does not stream");
  }

  @Test
  void isInvalidIfTheRunItselfHadProblems() {
    Run run = Runs.run(true, List.of("Wait for the load: timed out"), true, List.of());
    assertInvalid(judge(run), "The run itself had problems: Wait for the load: timed out");
  }

  @Test
  void failsWhenTheClusterDoesNotHeal() {
    Run run = Runs.run(true, List.of(), false, List.of("app2 isn't ready"));
    assertFailed(judge(run), "The cluster did not heal: app2 isn't ready");
  }

  @Test
  void failsIfTheClusterDoesNotHealForAnUnknownReason() {
    Run run = Runs.run(true, List.of(), false, List.of());
    assertFailed(judge(run), "The cluster did not heal");
  }

  @Test
  void failsWhenAStepDoesNotHeal() {
    assertFailed(
        judgeEvents(with(Runs.event(2500, Event.Kind.NOT_HEALED))),
        "Step 1 did not heal: patroni on db2");
  }

  @Test
  void failsForABrokenPromiseInARunThatCouldNotPass() {
    Run run = Runs.run(true, List.of("trouble"), false, List.of());
    assertFailed(judge(run), "The cluster did not heal", "The run itself had problems: trouble");
  }

  @Test
  void namesNoBrokenPromiseOfAnUnhealthyCluster() {
    Run run = Runs.run(false, List.of("db3 does not stream"), false, List.of());
    assertInvalid(judge(run), "The cluster was not healthy before the load: db3 does not stream");
  }

  @Test
  void isInvalidWithoutProofOfTheFault() {
    assertInvalid(
        judgeEvents(without(Event.Kind.PROVED)),
        "Step 1's fault (patroni on db2) was not proved to have happened");
  }

  @Test
  void isInvalidIfTheFaultDidNotLastUnlessAPromiseWasBroken() {
    String gone = "Step 1's fault (patroni on db2) was not seen to last until healing began";
    List<Request> requests = Runs.goodReads(20);
    assertInvalid(judgeEvents(without(Event.Kind.HELD)), gone);
    requests.set(12, Runs.read(1200, 2, 5, "Bad Gateway"));
    assertFailed(
        Verdict.of(Runs.history(requests), without(Event.Kind.HELD), Runs.RUN, Runs.PROMISE),
        "1 reads failed; at most 0 may fail",
        gone);
  }

  @Test
  void countsReadsThatWereNeverAnsweredAsFailed() {
    History history = Schedule.complete(Runs.history(Runs.goodReads(17)), Runs.RUN);
    Result result = Verdict.of(history, Runs.events(), Runs.RUN, Runs.PROMISE);
    assertFailed(result, "3 reads failed; at most 0 may fail; 3 of them were never answered");
    assertThat(result.reads()).isEqualTo(new Result.Reads(20, 17, 3));
    assertThat(result.latencyMs().max()).isEqualTo(300);
  }

  @Test
  void lastsAsLongAsTheLoad() {
    assertThat(judge(Runs.goodReads(20)).durationS()).isEqualTo(1.932);
  }

  @Test
  void failsIfMoreWritesAreRefusedOrUnansweredThanPromised() {
    List<Request> requests = Runs.goodReads(17);
    requests.add(Runs.write(1700, true));
    requests.add(Runs.write(1800, false));
    requests.add(unheard(Runs.write(1900, false)));
    Result result = judge(requests);
    assertFailed(result, "2 writes failed; at most 0 may fail");
    assertThat(result.writes())
        .isEqualTo(new Result.Writes(3, 1, 1, 1, null, null, null, null, null));
    assertThat(result.reads()).isEqualTo(new Result.Reads(17, 17, 0));
  }

  @Test
  void passesIfTheDatabaseWasNotChecked() {
    List<Request> requests = Runs.goodReads(19);
    requests.add(Runs.write(1900, true));
    Result result = judge(requests);
    assertThat(result.verdict()).isEqualTo(Result.Outcome.PASSED);
    assertThat(result.writes())
        .isEqualTo(new Result.Writes(1, 1, 0, 0, null, null, null, null, null));
  }

  @Test
  void failsForLostAndDuplicatedWritesWithoutAnyPromise() {
    List<Request> requests = Runs.goodReads(17);
    requests.add(Runs.write("write post", 18, 1700, "200"));
    requests.add(Runs.write("write post", 19, 1800, "504"));
    requests.add(Runs.write("write message", 20, 1900, "503"));
    History history = Runs.stored(requests, Map.of("Post 19", 2L, "Message 20", 1L));
    Result result = Verdict.of(history, Runs.events(), Runs.RUN, Runs.NO_PROMISE);
    assertFailed(
        result,
        "1 acknowledged writes are lost: Post 18",
        "1 writes are stored more than once: Post 19",
        "1 refused writes are stored anyway: Message 20");
    assertThat(result.writes()).isEqualTo(new Result.Writes(3, 1, 1, 1, 1L, 1L, 1L, 0L, 1L));
  }

  @Test
  void failsForALostWriteInARunThatProvesNothingElse() {
    List<Request> requests = Runs.goodReads(18);
    requests.add(Runs.write("write post", 19, 1800, "200"));
    requests.add(Runs.read(1900, 2, 5, "Bad Gateway"));
    String objection = "The cluster was not healthy before the load: db2 is away";
    Run unhealthy = Runs.run(false, List.of("db2 is away"), true, List.of());
    Result result =
        Verdict.of(Runs.stored(requests, Map.of()), Runs.events(), unhealthy, Runs.PROMISE);
    assertFailed(result, objection, "1 acknowledged writes are lost: Post 19");
    assertThat(result.onlySlow()).isFalse();
    History strange = Runs.stored(requests, Map.of("Post 3", 1L));
    assertThat(Verdict.of(strange, Runs.events(), unhealthy, Runs.PROMISE).verdict())
        .isEqualTo(Result.Outcome.INVALID);
    History whole = Runs.stored(requests, Map.of("Post 19", 1L));
    assertInvalid(Verdict.of(whole, Runs.events(), unhealthy, Runs.PROMISE), objection);
  }

  @Test
  void passesIfAllAcknowledgedWritesAreStored() {
    List<Request> requests = Runs.goodReads(17);
    requests.add(Runs.write("write post", 18, 1700, "200"));
    requests.add(Runs.write("write post", 19, 1800, "SocketException"));
    History history = Runs.stored(requests, Map.of("Post 18", 1L, "Post 20", 1L));
    Result result =
        Verdict.of(Schedule.complete(history, Runs.RUN), Runs.events(), Runs.RUN, Runs.NO_PROMISE);
    assertThat(result.reasons()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Result.Outcome.PASSED);
    assertThat(result.writes()).isEqualTo(new Result.Writes(3, 1, 0, 2, 0L, 0L, 1L, 1L, 0L));
  }

  @Test
  void countsRetries() {
    List<Request> requests = Runs.goodReads(18);
    requests.replaceAll(it -> it.number() < 3 ? Runs.again(it) : it);
    requests.add(Runs.again(Runs.write(1800, true)));
    assertThat(judge(requests).retried()).isEqualTo(new Result.Retried(2, 1));
  }

  @Test
  void isInvalidIfTheDatabaseHoldsWritesOfAnotherLoad() {
    History history = Runs.stored(Runs.goodReads(20), Map.of("Post 3", 1L));
    assertInvalid(
        Verdict.of(history, Runs.events(), Runs.RUN, Runs.PROMISE),
        "1 stored texts were not written by this load: Post 3");
  }

  @Test
  void countsAnUnansweredRequestAsAFailedReadAndAFailedWrite() {
    List<Request> requests = Runs.goodReads(18);
    requests.add(Runs.write(1800, true));
    History history = Schedule.complete(Runs.history(requests), Runs.RUN);
    Result result = Verdict.of(history, Runs.events(), Runs.RUN, Runs.PROMISE);
    assertFailed(
        result,
        "1 reads failed; at most 0 may fail; 1 of them were never answered",
        "1 writes failed; at most 0 may fail; 1 of them were never answered");
    assertThat(result.reads()).isEqualTo(new Result.Reads(19, 18, 1));
    assertThat(result.writes())
        .isEqualTo(new Result.Writes(2, 1, 0, 1, null, null, null, null, null));
  }

  private static Request unheard(Request write) {
    return new Request(
        RequestKind.WRITE,
        write.label(),
        write.number(),
        write.dueMs(),
        write.sentMs(),
        write.endMs(),
        false,
        "SocketTimeoutException",
        "",
        false);
  }

  private static List<Event> with(Event event) {
    List<Event> events = new ArrayList<>(Runs.events());
    events.add(event);
    return events;
  }

  private static List<Event> without(Event.Kind kind) {
    return Runs.events().stream().filter(event -> !event.is(kind)).toList();
  }

  private static Result judge(List<Request> requests) {
    return Verdict.of(Runs.history(requests), Runs.events(), Runs.RUN, Runs.PROMISE);
  }

  private static Result judge(Run run) {
    return Verdict.of(Runs.history(Runs.goodReads(20)), Runs.events(), run, Runs.PROMISE);
  }

  private static Result judgeEvents(List<Event> events) {
    return Verdict.of(Runs.history(Runs.goodReads(20)), events, Runs.RUN, Runs.PROMISE);
  }

  private static void assertInvalid(Result result, String... reasons) {
    assertThat(result.verdict()).isEqualTo(Result.Outcome.INVALID);
    assertThat(result.reasons()).containsExactly(reasons);
  }

  private static void assertFailed(Result result, String... reasons) {
    assertThat(result.verdict()).isEqualTo(Result.Outcome.FAILED);
    assertThat(result.reasons()).containsExactly(reasons);
  }

  @Test
  void namesTheProblemOfTheRunBeforeMissingFiles() {
    Run run = Runs.run(false, List.of("Every app node is ready: no"), true, List.of());
    Result result =
        Verdict.unreadable(History.EMPTY, List.of(), run, List.of("load.jtl is missing"));
    assertThat(result.reasons())
        .containsExactly(
            "The cluster was not healthy before the load: Every app node is ready: no",
            "load.jtl is missing");
  }
}
