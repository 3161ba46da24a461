package holdfast.loadtest.timeline;

/**
 * One step of a failover. Its name is the moment that ends it, such as "elected". It starts when
 * the step before it ended. The first step starts at the fault.
 */
public record FailoverPhase(String name, long fromMs, long toMs) {

  public long ms() {
    return toMs - fromMs;
  }
}
