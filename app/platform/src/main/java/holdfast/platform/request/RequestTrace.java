package holdfast.platform.request;

import holdfast.platform.errors.BadRequest;
import holdfast.platform.retry.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is learnt about one request while it is served: for its access line and its answer's id. */
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

  /** The served request's; outside of one, a trace that nobody reads. */
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
   * The client's own; null if it gave none.
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
   * What all tries of one request have in common. The two kinds are told apart: nobody can give
   * nginx's id of another's request as a key.
   *
   * @throws BadRequest if the client's key is malformed
   */
  String repeatKey() {
    String key = idempotencyKey();
    return key == null ? "request " + requestId : "key " + key;
  }

  /**
   * When the request's work must be done: counted from its first piece of work on the database or
   * on another service, so that several pieces take no longer together than nginx waits for one.
   */
  public Deadline deadline(Duration limit) {
    if (workBeganNanos == 0) {
      workBeganNanos = System.nanoTime();
    }
    return new Deadline(workBeganNanos + limit.toNanos());
  }

  /** A try begins: it has no connection yet. */
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

  /** A try to reach another service begins. */
  public void calls() {
    calls++;
  }

  int callsSoFar() {
    return calls;
  }

  /** The PostgreSQL server of the latest try; null if it got no connection. */
  public @Nullable String askedServer() {
    return asked;
  }

  /** The PostgreSQL server that the answer came from; null if there was none. */
  @Nullable String server() {
    return answered;
  }
}
