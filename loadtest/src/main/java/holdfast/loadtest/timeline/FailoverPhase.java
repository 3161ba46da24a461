package holdfast.loadtest.timeline;

/** One step of a failover, named after its end. It starts at the previous known moment. */
public record FailoverPhase(String name, long fromMs, long toMs) {

  public long ms() {
    return toMs - fromMs;
  }
}
