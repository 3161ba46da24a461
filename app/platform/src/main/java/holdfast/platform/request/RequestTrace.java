package holdfast.platform.request;

import holdfast.platform.errors.BadRequest;
import holdfast.platform.retry.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Collects facts about one request while it is served, for its access log line and its answer. */
public final class RequestTrace {

  private static final ThreadLocal<@Nullable RequestTrace> CURRENT = new ThreadLocal<>();

  private final String requestId;
  private final @Nullable String idempotencyKey;
  private long workBeganNanos;
  private int tries;
  private int calls;
  private @Nullable String asked;
  private @Nullable String answered;

  public RequestTrace(String requestId, @Nullable String idempotencyKey) {
    this.requestId = requestId;
    this.idempotencyKey = idempotencyKey;
  }

  /**
   * The trace of the current request. Outside of a request it is a new trace, which nobody reads.
   */
  public static RequestTrace current() {
    RequestTrace trace = CURRENT.get();
    return trace == null ? new RequestTrace("", null) : trace;
  }

  static void set(@Nullable RequestTrace trace) {
    CURRENT.set(trace);
  }

  public String requestId() {
    return requestId;
  }

  /**
   * The client's Idempotency-Key; null if there is none.
   *
   * @throws BadRequest if it is malformed
   */
  public @Nullable String idempotencyKey() {
    if (!IdempotencyKeys.acceptable(idempotencyKey)) {
      throw new BadRequest(
          IdempotencyKeys.HEADER, "must be 1 to 255 visible ASCII characters without spaces");
    }
    return idempotencyKey;
  }

  /**
   * A key that all attempts of one request share. It begins with "key" if the client sent an
   * Idempotency-Key, else with "request". Without these words, a client could send the id of
   * another request as its Idempotency-Key, and would get the same repeat key as that request.
   *
   * @throws BadRequest if the client's key is malformed
   */
  String repeatKey() {
    String key = idempotencyKey();
    return key == null ? "request " + requestId : "key " + key;
  }

  /**
   * The deadline of the request's work. The time starts with the first work on the database or on
   * another service, so that all work together takes no longer than nginx waits.
   */
  public Deadline deadline(Duration limit) {
    if (workBeganNanos == 0) {
      workBeganNanos = System.nanoTime();
    }
    return new Deadline(workBeganNanos + limit.toNanos());
  }

  /** Counts an attempt on the database. The attempt has no connection yet. */
  public void tries() {
    tries++;
    asked = null;
  }

  public void asks(String address) {
    asked = address;
  }

  public void answered() {
    answered = asked;
  }

  int triesSoFar() {
    return tries;
  }

  /** Counts an attempt to call another service. */
  public void calls() {
    calls++;
  }

  int callsSoFar() {
    return calls;
  }

  /** The PostgreSQL server of the latest attempt. It is null if the attempt got no connection. */
  public @Nullable String askedServer() {
    return asked;
  }

  /** The PostgreSQL server that gave the answer. It is null if there was none. */
  @Nullable String server() {
    return answered;
  }
}
