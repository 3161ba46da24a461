package holdfast.loadtest.timeline;

/**
 * One step of a failover. Its name is the moment that ends it, such as "elected". It starts at the
 * last moment before that one, and the first step starts at the fault.
 */
public record FailoverPhase(String name, long fromMs, long toMs) {

  public long ms() {
    return toMs - fromMs;
  }
}
