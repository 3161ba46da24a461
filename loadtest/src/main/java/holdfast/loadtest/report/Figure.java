package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.verdict.Result;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the large numbers at the top of a report.
 *
 * @param alarm whether the number is shown in red, because it should be zero
 */
record Figure(String name, String value, String unit, boolean alarm) {

  static Figure count(String name, long value) {
    return new Figure(name, Html.number(value), "", false);
  }

  /** A count that should be zero. */
  static Figure faults(String name, long value) {
    return new Figure(name, Html.number(value), "", value > 0);
  }

  private static Figure ms(String name, @Nullable Long value) {
    return new Figure(name, value == null ? "–" : Html.number(value), "ms", false);
  }

  /** Leaves out the writes if the load had none, and the retries if there were none. */
  static List<Figure> of(Result result) {
    Result.Writes writes = result.writes();
    boolean wrote = writes.sent() > 0;
    List<Figure> figures = new ArrayList<>();
    figures.add(count("reads sent", result.reads().sent()));
    figures.add(faults(wrote ? "reads failed" : "failed", result.reads().failed()));
    if (wrote) {
      figures.add(count("writes sent", writes.sent()));
      figures.add(faults("writes failed", writes.failed()));
      figures.addAll(stored(writes));
    }
    addUnlessZero(figures, count("reads retried", result.retried().reads()));
    addUnlessZero(figures, count("writes retried", result.retried().writes()));
    figures.add(ms("latency p50", result.latencyMs().p50()));
    figures.add(ms("latency p99", result.latencyMs().p99()));
    figures.add(ms("slowest", result.latencyMs().max()));
    figures.add(ms("longest gap in reads", result.unavailableMs().reads()));
    if (wrote) {
      figures.add(ms("longest gap in writes", result.unavailableMs().writes()));
    }
    return figures;
  }

  /** The counts from the database; empty if it was not checked. */
  private static List<Figure> stored(Result.Writes writes) {
    List<Figure> figures = new ArrayList<>();
    if (writes.lost() != null) {
      figures.add(faults("writes lost", writes.lost()));
    }
    if (writes.duplicated() != null) {
      figures.add(faults("writes duplicated", writes.duplicated()));
    }
    if (writes.refusedStored() != null) {
      addUnlessZero(figures, faults("refused but stored", writes.refusedStored()));
    }
    return figures;
  }

  private static void addUnlessZero(List<Figure> figures, Figure figure) {
    if (!figure.value.equals("0")) {
      figures.add(figure);
    }
  }
}
