package holdfast.loadtest.history;

/**
 * One request of the load. Times are milliseconds since 1970.
 *
 * @param label what was asked, as the plan calls it: "read search"
 * @param dueMs when the schedule wanted it sent
 * @param sentMs when the generator sent it
 * @param endMs when its answer was complete, or it was given up
 * @param good whether the answer was the right one
 * @param code the HTTP status, or what broke
 * @param failure why it isn't good; empty when it is
 */
public record Request(
    Kind kind,
    String label,
    long dueMs,
    long sentMs,
    long endMs,
    boolean good,
    String code,
    String failure) {

  private static final String NO_ANSWER = "none";

  /** One that still hung when the load ended: its latency is at least the time until then. */
  public static Request unanswered(long dueMs, long loadEndMs) {
    return new Request(
        Kind.UNKNOWN, "unknown", dueMs, dueMs, loadEndMs, false, NO_ANSWER, "never answered");
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

  /** The service said no, as opposed to not being heard: a status came, and it is a refusal. */
  public boolean refused() {
    return !good && code.matches("[45]\\d\\d");
  }
}
