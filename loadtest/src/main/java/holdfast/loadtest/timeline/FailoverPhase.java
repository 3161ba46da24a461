package holdfast.loadtest.timeline;

/** A stretch of a failover, named by what ended it: from the known moment before it. */
public record FailoverPhase(String name, long fromMs, long toMs) {

  public long ms() {
    return toMs - fromMs;
  }
}
