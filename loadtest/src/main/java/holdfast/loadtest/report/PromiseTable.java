package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.report.Table.Cell;
import holdfast.loadtest.verdict.Healing;
import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import org.jspecify.annotations.Nullable;

/** The table of promises, each with the measured figure. */
final class PromiseTable {

  private PromiseTable() {}

  static Table of(ReportModel model) {
    Promises promised = model.expected().promised();
    Result result = model.result();
    Table table =
        new Table(
            Cell.of("Promise"),
            new Cell("promised", "number"),
            new Cell("measured", "number"),
            Cell.of("kept?"));
    boolean judged = result.verdict() != Result.Outcome.INVALID;
    bound(table, "Failed reads", promised.failedReadsMax(), result.reads().failed(), judged);
    bound(table, "Failed writes", promised.failedWritesMax(), result.writes().failed(), judged);
    bound(
        table,
        "Writes of unknown outcome",
        promised.unknownWritesMax(),
        result.writes().unknown(),
        judged);
    bound(table, "Latency at p99, ms", promised.p99MsMax(), result.latencyMs().p99(), judged);
    gap(table, "reads", promised.gapReadsMsMax(), result.unavailableMs().reads(), judged);
    gap(table, "writes", promised.gapWritesMsMax(), result.unavailableMs().writes(), judged);
    stored(table, "Lost writes", result.writes().lost(), judged);
    stored(table, "Duplicated writes", result.writes().duplicated(), judged);
    stored(table, "Refused but stored writes", result.writes().refusedStored(), judged);
    result.returned().forEach((host, is) -> returned(table, host, is, promised, judged));
    boolean healed = Healing.failures(model.run(), result.events()).isEmpty();
    table.row(
        Cell.of("The system heals"),
        new Cell("fully", "number"),
        new Cell(healed ? "fully" : "not fully", "number"),
        kept(healed, judged));
    return table;
  }

  private static void gap(Table table, String what, @Nullable Long most, long is, boolean judged) {
    bound(table, "Longest gap in " + what + ", ms", most, is, judged);
  }

  private static void returned(
      Table table, String host, Result.Rejoin is, Promises promised, boolean judged) {
    Double least = promised.returnedShareMin();
    Double share = is.share();
    if (least != null) {
      String after = promised.returnedWithinS() + " s after healing";
      table.row(
          Cell.of("Share of " + host + " from " + after + ", %"),
          new Cell("at least " + Html.decimal(least * 100), "number"),
          new Cell(share == null ? "–" : Html.decimal(share * 100), "number"),
          kept(share != null && share >= least, judged && share != null));
    }
  }

  /** Every drill promises zero. There is no row if the database was not checked. */
  private static void stored(Table table, String what, @Nullable Long is, boolean judged) {
    bound(table, what, is == null ? null : 0L, is, judged);
  }

  private static void bound(
      Table table, String what, @Nullable Long most, @Nullable Long is, boolean judged) {
    if (most != null) {
      boolean kept = is != null && is <= most;
      table.row(
          Cell.of(what),
          new Cell("at most " + Html.number(most), "number"),
          is == null ? new Cell("–", "number") : Cell.number(is),
          kept(kept, judged));
    }
  }

  private static Cell kept(boolean kept, boolean judged) {
    if (!judged) {
      return new Cell("not judged", "mark");
    }
    return new Cell(kept ? "✓ kept" : "✕ broken", kept ? "mark yes" : "mark no");
  }
}
