package holdfast.loadtest.history;

/**
 * One request of the load. Times are milliseconds since 1970.
 *
 * @param label what was asked, as the plan calls it: "read search"
 * @param number its place among the generator's requests, 0 when it was never answered
 * @param dueMs when the schedule wanted it sent
 * @param sentMs when the generator sent it
 * @param endMs when its answer was complete, or it was given up
 * @param good whether the answer was the right one
 * @param code the HTTP status, or what broke
 * @param failure why it isn't good; empty when it is
 * @param again whether an earlier try got no status, and this one is the last
 */
public record Request(
    RequestKind kind,
    String label,
    long number,
    long dueMs,
    long sentMs,
    long endMs,
    boolean good,
    String code,
    String failure,
    boolean again) {

  private static final String NO_ANSWER = "none";

  /** One that still hung when the load ended: its latency is at least the time until then. */
  public static Request unanswered(long dueMs, long loadEndMs) {
    return new Request(
        RequestKind.UNKNOWN,
        "unknown",
        0,
        dueMs,
        dueMs,
        loadEndMs,
        false,
        NO_ANSWER,
        "never answered",
        false);
  }

  public boolean isUnanswered() {
    return code.equals(NO_ANSWER);
  }

  /** From the due time, so that a stall of the generator or of the service isn't hidden. */
  public long latencyMs() {
    return endMs - dueMs;
  }

  public long lagMs() {
    return sentMs - dueMs;
  }

  /**
   * The service said that it did nothing. Other statuses leave it open: who answers 500, 502 or 504
   * may have lost sight of a node that had already stored what it was sent. So may the first of
   * several tries, whatever the last one met with.
   */
  public boolean refused() {
    return !good && !again && code.matches("4\\d\\d|503");
  }

  /** What a write has the service store, by its label and number: "Post 57". */
  public String text() {
    String what = label.substring(label.indexOf(' ') + 1);
    return Character.toUpperCase(what.charAt(0)) + what.substring(1) + " " + number;
  }
}
