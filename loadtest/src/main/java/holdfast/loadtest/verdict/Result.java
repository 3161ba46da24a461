package holdfast.loadtest.verdict;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The verdict and its figures: the content of result.json.
 *
 * @param onlySlow failed, and by nothing but times: a gap, or the p99
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

  /** What the run showed, with the exit code that says so. */
  public enum Outcome {
    @JsonProperty("passed")
    PASSED(0),
    @JsonProperty("failed")
    FAILED(1),
    /** The run shows nothing: no fault, no load, or no healthy system to begin with. */
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
   * How writes ended: acknowledged, refused, or unknown; and what the database then held of them,
   * null when nobody looked. See {@link Ledger}.
   *
   * @param lost acknowledged, and not stored
   * @param duplicated stored more than once
   * @param recovered stored, though the answer said nothing or never came
   * @param absent not stored, and the answer said nothing
   * @param refusedStored refused, and stored all the same
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

  /** How many requests the client sent again, because a first try got no status. */
  public record Retried(long reads, long writes) {}

  /** From the due time; null when nothing was sent. */
  public record LatencyMs(@Nullable Long p50, @Nullable Long p99, @Nullable Long max) {}

  /** The longest gap by kind of request, see {@link Outage}. */
  public record UnavailableMs(long reads, long writes) {}

  /**
   * A node that was healed under the load.
   *
   * @param share of what its kind served from some time after its healing on; null if too little
   * @param afterS how long after its healing it first served; null if it never did
   */
  public record Rejoin(@Nullable Double share, @Nullable Double afterS) {}

  /** Requests served before the first fault, during the faults, and after healing began. */
  public record Phases(long before, long during, long after) {}
}
