package holdfast.loadtest.history;

/**
 * One request of the load. Times are milliseconds since 1970.
 *
 * @param label the plan's name for the request, such as "read search"
 * @param number the request's number in the load, from 1; 0 if it was never answered
 * @param dueMs when the request should have been sent
 * @param sentMs when the load generator sent it
 * @param endMs when the answer was complete or the client gave up
 * @param good whether the answer was correct
 * @param code the HTTP status, or the error without an HTTP status
 * @param failure why the answer isn't good; empty if it is
 * @param again whether this is a retry, after a first try got no HTTP status
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

  /**
   * A request without an answer when the load ended. Its latency is at least the time until then.
   */
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

  /**
   * The milliseconds from the due time to the end of the answer. A latency from the send time would
   * hide a stall of the load generator or of the service.
   */
  public long latencyMs() {
    return endMs - dueMs;
  }

  /** How many milliseconds late the load generator sent the request. */
  public long lagMs() {
    return sentMs - dueMs;
  }

  /**
   * Whether the service certainly did nothing, because it answered 4xx or 503. After a 500, 502 or
   * 504, a node may have stored the write before the connection to it was lost. The first try of a
   * retried request may have stored the write too.
   */
  public boolean refused() {
    return !good && !again && code.matches("4\\d\\d|503");
  }

  /** The text that a write stores, made of its label and its number, such as "Post 57". */
  public String text() {
    String what = label.substring(label.indexOf(' ') + 1);
    return Character.toUpperCase(what.charAt(0)) + what.substring(1) + " " + number;
  }
}
