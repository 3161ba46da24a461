package holdfast.loadtest.timeline;

/** A time in which a machine held a role. It ends at {@link #OPEN} if no end is known. */
public record RoleSpan(String holder, long fromMs, long toMs) {

  static final long OPEN = Long.MAX_VALUE;

  boolean covers(long atMs) {
    return atMs >= fromMs && atMs < toMs;
  }
}
