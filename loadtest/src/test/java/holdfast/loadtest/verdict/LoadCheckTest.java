package holdfast.loadtest.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadCheckTest {

  @Test
  void acceptsTheLoadThatWasPlanned() {
    assertThat(objections(Runs.goodReads(20))).isEmpty();
  }

  @Test
  void objectsToMoreRequestsThanPlanned() {
    assertThat(objections(Runs.goodReads(21)))
        .containsExactly("The load should have sent 20 requests, but its results hold 21");
  }

  @Test
  void countsFewRequestsWithoutAResultAsUnanswered() {
    assertThat(objections(Runs.goodReads(17))).isEmpty();
    assertThat(objections(Runs.goodReads(16)))
        .containsExactly("The load should have sent 20 requests, but its results hold 16");
    assertThat(objections(List.of()))
        .containsExactly("The load should have sent 20 requests, but its results hold 0");
  }

  @Test
  void findsTheRequestsThatWereNeverAnswered() {
    List<Request> requests = Runs.goodReads(20);
    requests.remove(13);
    requests.remove(5);
    assertThat(complete(requests, Runs.RUN).requests())
        .filteredOn(Request::isUnanswered)
        .extracting(request -> request.dueMs() - Runs.START)
        .containsExactly(500L, 1300L);
  }

  @Test
  void objectsToALoadThatEndedBeforeAllWasDue() {
    Run crashed = Runs.endedAt(1700);
    assertThat(LoadCheck.objections(complete(Runs.goodReads(18), crashed), crashed))
        .containsExactly(
            "The load should have sent 20 requests, but its results hold 18",
            "The load ended 0.2 s before its last request was due");
  }

  @Test
  void objectsToAGeneratorThatLags() {
    List<Request> requests = Runs.goodReads(18).stream().map(LoadCheckTest::late).toList();
    assertThat(objections(requests))
        .containsExactly(
            "The load generator couldn't keep up: at p99 it sent requests 1001 ms late"
                + " (limit 1000 ms)");
  }

  @Test
  void ignoresTheLagOfUnansweredRequests() {
    Run run = Runs.lasting(20);
    List<Request> requests = Runs.goodReads(164);
    requests.replaceAll(it -> it.dueMs() < Runs.START + 200 ? late(it) : it);
    assertThat(LoadCheck.objections(complete(requests, run), run))
        .hasSize(1)
        .allMatch(reason -> reason.startsWith("The load generator couldn't keep up"));
  }

  @Test
  void ignoresTheLagOfRetries() {
    List<Request> requests = Runs.goodReads(20);
    requests.replaceAll(LoadCheckTest::late);
    assertThat(objections(requests)).hasSize(1);
    requests.replaceAll(Runs::again);
    assertThat(objections(requests)).isEmpty();
  }

  @Test
  void expectsALogLineForEachTry() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(3, Runs.again(requests.get(3)));
    requests.set(4, Runs.again(requests.get(4)));
    assertThat(linesOf(requests, 23)).isEmpty();
    assertThat(linesOf(requests, 24)).hasSize(1);
  }

  @Test
  void objectsIfNoLogNamesTheNodes() {
    History silent = new History(Runs.goodReads(20), List.of(), List.of());
    assertThat(LoadCheck.objections(silent, Runs.RUN)).hasSize(2);
  }

  @Test
  void objectsToOtherTrafficAndToLostLogLines() {
    assertThat(logged(21, null)).isEmpty();
    assertThat(logged(22, null))
        .containsExactly(
            "nginx logged 22 answers for 20 requests: there was other traffic, or log lines were lost");
    assertThat(logged(19, null)).isEmpty();
    assertThat(logged(18, null)).hasSize(1);
  }

  @Test
  void expectsNoLogLineForAFailedRequest() {
    assertThat(logged(18, "Connection refused")).isEmpty();
  }

  private static List<String> logged(int lines, String failure) {
    List<Request> requests = Runs.goodReads(20);
    requests.set(7, Runs.read(700, 2, 30, failure));
    return linesOf(requests, lines);
  }

  private static List<String> linesOf(List<Request> requests, int lines) {
    History history =
        new History(requests, Runs.served(lines), Runs.history(requests).byDatabase());
    return LoadCheck.objections(history, Runs.RUN);
  }

  private static List<String> objections(List<Request> requests) {
    return LoadCheck.objections(complete(requests, Runs.RUN), Runs.RUN);
  }

  private static History complete(List<Request> requests, Run run) {
    return Schedule.complete(Runs.history(requests), run);
  }

  private static Request late(Request request) {
    long late = LoadCheck.LAG_P99_MAX_MS + 1;
    return new Request(
        RequestKind.READ,
        "read search",
        request.number(),
        request.dueMs(),
        request.dueMs() + late,
        request.endMs() + late,
        true,
        "200",
        "",
        false);
  }
}
