package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The page with many drills: each one's fault, its verdict, and its figures with their limits. */
public final class MatrixReport {

  private static final List<String> HEADS =
      List.of(
          "failed reads",
          "failed writes",
          "retried by the client",
          "writes lost",
          "writes duplicated",
          "longest gap in reads, ms",
          "longest gap in writes, ms",
          "p99, ms");

  /** The data of matrix.html. */
  private record Content(
      String title,
      String look,
      String times,
      OutcomeView outcome,
      String passed,
      String others,
      List<Figure> figures,
      List<String> heads,
      int columns,
      List<Group> groups) {}

  /** The drills of one component. */
  private record Group(String component, List<Drill> drills) {}

  /** One drill. The report's path is empty if there is no report. */
  private record Drill(
      String fault,
      String name,
      String report,
      List<String> reasons,
      OutcomeView outcome,
      List<Cell> cells) {}

  /** A figure with its limit. It is broken if it exceeds the limit and the run is judged. */
  private record Cell(String value, String limit, boolean broken) {

    static final Cell NONE = new Cell("–", "", false);

    static Cell of(@Nullable Long is, @Nullable Long most, boolean judged) {
      return is == null
          ? NONE
          : new Cell(
              Html.number(is),
              most == null ? "" : Html.number(most),
              judged && most != null && is > most);
    }

    /** A count that every drill promises to be zero. So its limit isn't shown. */
    static Cell faults(@Nullable Long is, boolean judged) {
      return is == null ? NONE : new Cell(Html.number(is), "", judged && is > 0);
    }
  }

  private MatrixReport() {}

  public static void write(Path file, Matrix matrix) throws IOException {
    Files.writeString(file, draw(matrix));
  }

  static String draw(Matrix matrix) {
    return Templates.render(
        "matrix.html",
        new Content(
            "Holdfast failover drills",
            "wide",
            times(matrix),
            new OutcomeView(matrix.verdict()),
            "%d of %d drills passed"
                .formatted(matrix.count(Result.Outcome.PASSED), matrix.rows().size()),
            "%d failed, %d invalid"
                .formatted(
                    matrix.count(Result.Outcome.FAILED), matrix.count(Result.Outcome.INVALID)),
            List.of(
                Figure.count("requests sent", matrix.requests()),
                Figure.count("acknowledged writes checked", matrix.lookedFor()),
                Figure.faults("of these lost", matrix.lost()),
                Figure.faults("writes duplicated", matrix.duplicated())),
            HEADS,
            HEADS.size() + 2,
            matrix.byComponent().entrySet().stream()
                .map(it ->
                    new Group(
                        it.getKey().isEmpty() ? "Other" : it.getKey(),
                        it.getValue().stream().map(MatrixReport::drill).toList()))
                .toList()));
  }

  private static String times(Matrix matrix) {
    return matrix
        .started()
        .map(start ->
            "started %s · took %s"
                .formatted(DrillReport.STARTED.format(start), words(matrix.took())))
        .orElse("");
  }

  private static String words(Duration took) {
    return took.toHours() > 0
        ? "%d h %d min".formatted(took.toHours(), took.toMinutesPart())
        : "%d min %d s".formatted(took.toMinutes(), took.toSecondsPart());
  }

  private static Drill drill(Matrix.Row row) {
    Result result = row.result();
    return new Drill(
        row.fault().isEmpty() ? row.name() : row.fault(),
        row.fault().isEmpty() ? "" : row.name(),
        row.report() == null ? "" : row.report(),
        row.reasons(),
        new OutcomeView(row.verdict()),
        result == null
            ? Collections.nCopies(HEADS.size(), Cell.NONE)
            : cells(result, row.promised(), row.verdict() != Result.Outcome.INVALID));
  }

  private static List<Cell> cells(Result result, Promises promised, boolean judged) {
    Result.Writes writes = result.writes();
    Result.UnavailableMs gaps = result.unavailableMs();
    boolean wrote = writes.sent() > 0;
    return List.of(
        Cell.of(result.reads().failed(), promised.failedReadsMax(), judged),
        Cell.of(wrote ? writes.failed() : null, promised.failedWritesMax(), judged),
        Cell.of(result.retried().reads() + result.retried().writes(), null, judged),
        Cell.faults(writes.lost(), judged),
        Cell.faults(writes.duplicated(), judged),
        Cell.of(gaps.reads(), promised.gapReadsMsMax(), judged),
        Cell.of(wrote ? gaps.writes() : null, promised.gapWritesMsMax(), judged),
        Cell.of(result.latencyMs().p99(), promised.p99MsMax(), judged));
  }
}
