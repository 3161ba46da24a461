package holdfast.platform.db;

import io.micrometer.core.instrument.MeterRegistry;

/** Which server answered reads that had to show certain writes, and why it. */
final class ReadCounts {

  private final MeterRegistry metrics;

  ReadCounts(MeterRegistry metrics) {
    this.metrics = metrics;
    for (Reason reason : Reason.values()) {
      count(reason, 0);
    }
  }

  void count(Reason reason) {
    count(reason, 1);
  }

  private void count(Reason reason, int times) {
    metrics
        .counter("holdfast.reads", "server", reason.server, "reason", reason.word)
        .increment(times);
  }

  enum Reason {
    /** It has replayed what was asked for. */
    FRESH("replica", "fresh"),
    /** It has not, and the primary has. */
    BEHIND("primary", "behind"),
    /** Nobody can tell what was written last. */
    UNKNOWN("primary", "unknown"),
    /** The same, and the primary doesn't answer: the replica may show what was before. */
    UNPROVEN("replica", "unproven");

    private final String server;
    private final String word;

    Reason(String server, String word) {
      this.server = server;
      this.word = word;
    }
  }
}
