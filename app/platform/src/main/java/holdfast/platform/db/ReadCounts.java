package holdfast.platform.db;

import io.micrometer.core.instrument.MeterRegistry;

/** Counts the reads that had to show certain writes, by reason and by the server that answered. */
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
    /** The replica had replayed the writes. */
    FRESH("replica", "fresh"),
    /** The replica lagged, so the primary answered. */
    BEHIND("primary", "behind"),
    /** The marks couldn't be read, so the primary answered. */
    UNKNOWN("primary", "unknown"),
    /**
     * The marks couldn't be read and the primary was unavailable. The replica may have shown an
     * older state.
     */
    UNPROVEN("replica", "unproven");

    private final String server;
    private final String word;

    Reason(String server, String word) {
      this.server = server;
      this.word = word;
    }
  }
}
