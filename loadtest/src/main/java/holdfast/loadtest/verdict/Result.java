package holdfast.loadtest.verdict;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The verdict and its figures: the content of result.json.
 *
 * @param onlySlow whether the drill failed only because a gap or the p99 latency was too long
 * @param started the start of the load, in UTC
 * @param durationS the seconds from the first due time to the last answer
 */
public record Result(
    String drill,
    Outcome verdict,
    boolean onlySlow,
    List<String> reasons,
    String started,
    double durationS,
    Reads reads,
    Writes writes,
    Retried retried,
    LatencyMs latencyMs,
    UnavailableMs unavailableMs,
    Map<String, Rejoin> returned,
    Map<String, Phases> perApp,
    Map<String, Phases> perReplica,
    List<Event> events) {

  Result judged(Outcome outcome, boolean nothingButSlow, List<String> because) {
    return new Result(
        drill,
        outcome,
        nothingButSlow,
        because,
        started,
        durationS,
        reads,
        writes,
        retried,
        latencyMs,
        unavailableMs,
        returned,
        perApp,
        perReplica,
        events);
  }

  /** The verdict, with its exit code. */
  public enum Outcome {
    @JsonProperty("passed")
    PASSED(0),
    @JsonProperty("failed")
    FAILED(1),
    /** The run proves nothing: there was no fault, no load, or no healthy system at the start. */
    @JsonProperty("invalid")
    INVALID(2);

    private final int exitCode;

    Outcome(int exitCode) {
      this.exitCode = exitCode;
    }

    public int exitCode() {
      return exitCode;
    }
  }

  /** How reads ended. */
  public record Reads(long sent, long ok, long failed) {}

  /**
   * How writes ended: acknowledged, refused or unknown. The last five say what the database stored;
   * they are null if it was not checked. See {@link Ledger}.
   *
   * @param lost acknowledged but not stored
   * @param duplicated stored more than once
   * @param recovered stored, and of unknown outcome to the client
   * @param absent not stored, and of unknown outcome to the client
   * @param refusedStored refused but stored
   */
  public record Writes(
      long sent,
      long acked,
      long refused,
      long unknown,
      @Nullable Long lost,
      @Nullable Long duplicated,
      @Nullable Long recovered,
      @Nullable Long absent,
      @Nullable Long refusedStored) {

    public long failed() {
      return sent - acked;
    }
  }

  /** How many requests the client retried because the first try got no HTTP status. */
  public record Retried(long reads, long writes) {}

  /** Latencies in milliseconds from the due time; null if nothing was sent. */
  public record LatencyMs(@Nullable Long p50, @Nullable Long p99, @Nullable Long max) {}

  /** The longest gap by kind of request, in milliseconds; see {@link Outage}. */
  public record UnavailableMs(long reads, long writes) {}

  /**
   * A node that was healed under load.
   *
   * @param share the node's share of the requests to its kind, from some time after its healing;
   *     null if there were too few requests
   * @param afterS how many seconds after its healing the node first served a request; null if it
   *     never did
   */
  public record Rejoin(@Nullable Double share, @Nullable Double afterS) {}

  /** Requests served before the first fault, during the faults, and after healing began. */
  public record Phases(long before, long during, long after) {}
}
