package holdfast.loadtest.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {

  private static final String POST = "write post";
  private static final String MESSAGE = "write message";

  @Test
  void acceptsAcknowledgedWritesThatAreStoredOnce() {
    Ledger ledger =
        ledger(
            Map.of("Post 1", 1L, "Message 2", 1L), sent(POST, 1, "200"), sent(MESSAGE, 2, "200"));
    assertThat(ledger.broken()).isEmpty();
    assertThat(ledger.objections()).isEmpty();
    assertThat(ledger.recovered()).isEmpty();
    assertThat(ledger.absent()).isEmpty();
  }

  @Test
  void namesAcknowledgedWritesThatAreNotStored() {
    assertThat(ledger(Map.of(), sent(POST, 1, "200"), sent(MESSAGE, 2, "200")).broken())
        .containsExactly("2 acknowledged writes are lost: Post 1, Message 2");
  }

  @Test
  void tellsAPostFromAMessageOfTheSameNumber() {
    Ledger ledger = ledger(Map.of("Message 1", 1L), sent(POST, 1, "200"));
    assertThat(ledger.lost()).containsExactly("Post 1");
    assertThat(ledger.objections())
        .containsExactly("1 stored texts were not written by this load: Message 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"200", "400", "503", "504", "SocketException"})
  void namesWritesThatAreStoredTwice(String code) {
    assertThat(ledger(Map.of("Post 1", 2L), sent(POST, 1, code)).broken())
        .contains("1 writes are stored more than once: Post 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"400", "409", "429", "503"})
  void namesRefusedWritesThatAreStored(String code) {
    assertThat(ledger(Map.of(), sent(POST, 1, code)).broken()).isEmpty();
    assertThat(ledger(Map.of(), sent(POST, 1, code)).absent()).isEmpty();
    assertThat(ledger(Map.of("Post 1", 1L), sent(POST, 1, code)).broken())
        .containsExactly("1 refused writes are stored anyway: Post 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"500", "502", "504", "SocketException", "HttpHostConnectException"})
  void countsWritesOfUnknownOutcomeWithoutJudgingThem(String code) {
    Ledger stored = ledger(Map.of("Post 1", 1L), sent(POST, 1, code));
    Ledger absent = ledger(Map.of(), sent(POST, 1, code));
    assertThat(stored.recovered()).containsExactly("Post 1");
    assertThat(absent.absent()).containsExactly("Post 1");
    assertThat(stored.broken()).isEmpty();
    assertThat(absent.broken()).isEmpty();
  }

  @Test
  void doesNotJudgeAWriteWithStatus200AndABadBody() {
    Request odd = new Request(RequestKind.WRITE, POST, 1, 0, 0, 9, false, "200", "odd", false);
    assertThat(ledger(Map.of("Post 1", 1L), odd).recovered()).containsExactly("Post 1");
    assertThat(ledger(Map.of(), odd).absent()).containsExactly("Post 1");
  }

  @Test
  void doesNotJudgeARefusedRetryBecauseTheFirstTryMayBeStored() {
    Request refused = Runs.again(sent(POST, 1, "503"));
    assertThat(ledger(Map.of("Post 1", 1L), refused).recovered()).containsExactly("Post 1");
    assertThat(ledger(Map.of("Post 1", 1L), refused).broken()).isEmpty();
    assertThat(ledger(Map.of("Post 1", 2L), refused).duplicated()).containsExactly("Post 1");
    assertThat(ledger(Map.of(), refused).absent()).containsExactly("Post 1");
  }

  @Test
  void countsATextWithoutAResultAsAnUnansweredRequest() {
    Ledger ledger = ledger(Map.of("Post 1", 1L, "Post 2", 1L), sent(POST, 1, "200"));
    assertThat(ledger.recovered()).containsExactly("Post 2");
    assertThat(ledger.broken()).isEmpty();
    assertThat(ledger(Map.of("Post 2", 2L)).broken())
        .containsExactly("1 writes are stored more than once: Post 2");
  }

  @Test
  void ignoresTheTextsOfTheSetUpAndOfTheWarmUp() {
    Ledger ledger =
        ledger(
            Map.of("Post s3", 1L, "Message 0", 20L, "Post w9", 2L, "Post 1", 1L),
            sent(POST, 1, "200"));
    assertThat(ledger.broken()).isEmpty();
    assertThat(ledger.recovered()).isEmpty();
    assertThat(ledger.objections()).isEmpty();
  }

  @Test
  void namesAtMostFiveTexts() {
    List<Request> requests = new ArrayList<>();
    for (int number = 1; number <= 6; number++) {
      requests.add(sent(POST, number, "200"));
    }
    assertThat(ledger(Map.of(), requests.toArray(Request[]::new)).broken())
        .containsExactly(
            "6 acknowledged writes are lost: Post 1, Post 2, Post 3, Post 4, Post 5, ...");
  }

  @Test
  void isEmptyIfTheDatabaseWasNotChecked() {
    assertThat(Ledger.of(Runs.history(List.of(sent(POST, 1, "200"))))).isEmpty();
  }

  private static Request sent(String label, long number, String code) {
    return Runs.write(label, number, number * 100, code);
  }

  private static Ledger ledger(Map<String, Long> stored, Request... requests) {
    History history = new History(List.of(requests), List.of(), List.of(), stored);
    return Ledger.of(history).orElseThrow();
  }
}
