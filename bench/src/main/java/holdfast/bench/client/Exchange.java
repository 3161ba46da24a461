package holdfast.bench.client;

/**
 * One request of an open loop. Times are those of {@link System#nanoTime()}.
 *
 * @param endNanos when the answer was complete or the request had failed
 * @param outcome what the benchmark says about the answer, or why there was none
 */
public record Exchange(long dueNanos, long sentNanos, long endNanos, String outcome) {

  /**
   * The latency from the due time. A latency from the send time would hide a stall of the load
   * generator.
   */
  public long latencyNanos() {
    return endNanos - dueNanos;
  }

  /** How late the load generator sent the request. */
  public long lagNanos() {
    return sentNanos - dueNanos;
  }
}
