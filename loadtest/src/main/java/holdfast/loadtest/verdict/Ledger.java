package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compares the load's writes with what the primary stores at the end, by their texts ("Post 57").
 *
 * <p>An acknowledged write must be stored, a refused write must not, and nothing may be stored
 * twice. A write with an unknown outcome may be stored or not: it is counted, but not judged.
 *
 * @param lost acknowledged but not stored
 * @param duplicated stored more than once, whatever the answer was
 * @param refusedStored refused but stored
 * @param recovered stored, and of unknown outcome to the client
 * @param absent not stored, and of unknown outcome to the client
 * @param strangers stored texts whose number belongs to a different request of this load
 */
record Ledger(
    List<String> lost,
    List<String> duplicated,
    List<String> refusedStored,
    List<String> recovered,
    List<String> absent,
    List<String> strangers) {

  /** Leaves out the texts of the set-up ("Post s3", "Message 0") and of the warm-up ("Post w7"). */
  private static final Pattern OF_THE_LOAD = Pattern.compile("(Post|Message) [1-9]\\d*");

  private static final int NAMED = 5;

  /** Empty if the database was not checked. */
  static Optional<Ledger> of(History history) {
    return Optional.ofNullable(history.stored()).map(stored -> of(history, stored));
  }

  private static Ledger of(History history, Map<String, Long> stored) {
    Ledger ledger = new Ledger(list(), list(), list(), list(), list(), list());
    List<Request> writes =
        history.requests().stream().filter(request -> request.kind() == RequestKind.WRITE).toList();
    writes.forEach(write -> ledger.enter(write, stored.getOrDefault(write.text(), 0L)));
    ledger.enterOthers(history, writes, stored);
    return ledger;
  }

  private void enter(Request write, long count) {
    String text = write.text();
    if (count > 1) {
      duplicated.add(text);
    }
    if (write.good()) {
      enterIf(count == 0, lost, text);
    } else if (write.refused()) {
      enterIf(count > 0, refusedStored, text);
    } else {
      enterIf(true, count > 0 ? recovered : absent, text);
    }
  }

  /**
   * If no result has the number of a text, the text belongs to a request that was never answered.
   */
  private void enterOthers(History history, List<Request> writes, Map<String, Long> stored) {
    Set<String> sent = writes.stream().map(Request::text).collect(Collectors.toSet());
    Set<String> numbers =
        history.requests().stream()
            .map(request -> String.valueOf(request.number()))
            .collect(Collectors.toSet());
    stored.forEach((text, count) -> {
      if (OF_THE_LOAD.matcher(text).matches() && !sent.contains(text)) {
        boolean unanswered = !numbers.contains(text.substring(text.indexOf(' ') + 1));
        enterIf(true, unanswered ? recovered : strangers, text);
        enterIf(count > 1, duplicated, text);
      }
    });
  }

  private static void enterIf(boolean so, List<String> where, String text) {
    if (so) {
      where.add(text);
    }
  }

  /** The broken ones of the promises that every drill makes. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    name(broken, lost, "acknowledged writes are lost");
    name(broken, duplicated, "writes are stored more than once");
    name(broken, refusedStored, "refused writes are stored anyway");
    return broken;
  }

  /** Why this can't be the database that the load wrote to. */
  List<String> objections() {
    List<String> objections = new ArrayList<>();
    name(objections, strangers, "stored texts were not written by this load");
    return objections;
  }

  private static void name(List<String> reasons, List<String> texts, String what) {
    if (!texts.isEmpty()) {
      String more = texts.size() > NAMED ? ", ..." : "";
      String first = texts.stream().limit(NAMED).collect(Collectors.joining(", "));
      reasons.add("%d %s: %s%s".formatted(texts.size(), what, first, more));
    }
  }

  private static List<String> list() {
    return new ArrayList<>();
  }
}
