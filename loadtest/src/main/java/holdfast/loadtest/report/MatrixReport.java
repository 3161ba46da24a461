package holdfast.loadtest.report;

import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All drills on one page: what was broken, what it did, and what was promised of it. */
public final class MatrixReport {

  private static final List<String> FIGURES =
      List.of(
          "failed reads",
          "failed writes",
          "sent again by the client",
          "writes lost",
          "writes duplicated",
          "longest gap in reads, ms",
          "longest gap in writes, ms",
          "p99, ms");

  private MatrixReport() {}

  public static void write(Path file, Matrix matrix) throws IOException {
    Files.writeString(file, draw(matrix));
  }

  static String draw(Matrix matrix) {
    return DrillReport.document(
        "Holdfast failover drills",
        "wide",
        "<header>\n<p class='over'>Holdfast</p>\n<h1>Failover drills</h1>\n"
            + meta(matrix)
            + "</header>\n"
            + verdict(matrix)
            + totals(matrix)
            + table(matrix)
            + DrillReport.resource("matrix-footer.html"));
  }

  private static String meta(Matrix matrix) {
    return matrix
        .started()
        .map(start ->
            "<p class='meta'>started %s · took %s</p>%n"
                .formatted(DrillReport.STARTED.format(start), words(matrix.took())))
        .orElse("");
  }

  private static String words(Duration took) {
    return took.toHours() > 0
        ? "%d h %d min".formatted(took.toHours(), took.toMinutesPart())
        : "%d min %d s".formatted(took.toMinutes(), took.toSecondsPart());
  }

  private static String verdict(Matrix matrix) {
    Result.Outcome worst = matrix.verdict();
    return """
    <section class='verdict %s'>
    %s<div><strong>%d of %d drills passed</strong>
    <p>%d failed, %d invalid</p></div>
    </section>
    """
        .formatted(
            Headline.look(worst),
            Headline.sign(worst),
            matrix.count(Result.Outcome.PASSED),
            matrix.rows().size(),
            matrix.count(Result.Outcome.FAILED),
            matrix.count(Result.Outcome.INVALID));
  }

  private static String totals(Matrix matrix) {
    return "<dl class='figures'>\n"
        + Headline.figure("requests sent", matrix.requests(), "", false)
        + Headline.figure("acknowledged writes looked for", matrix.lookedFor(), "", false)
        + Headline.figure("of them lost", matrix.lost(), "", matrix.lost() > 0)
        + Headline.figure("writes duplicated", matrix.duplicated(), "", matrix.duplicated() > 0)
        + "</dl>\n";
  }

  private static String table(Matrix matrix) {
    String heads =
        FIGURES.stream()
            .map(head -> "<th scope='col' class='number'>" + head + "</th>")
            .collect(Collectors.joining());
    return "<div class='scroll'><table class='matrix'>\n<thead><tr><th scope='col'>Fault</th>"
        + "<th scope='col'>Verdict</th>"
        + heads
        + "</tr></thead>\n"
        + matrix.byComponent().entrySet().stream()
            .map(MatrixReport::group)
            .collect(Collectors.joining())
        + "</table></div>\n";
  }

  private static String group(Map.Entry<String, List<Matrix.Row>> component) {
    String name = component.getKey().isEmpty() ? "Other" : component.getKey();
    return "<tbody>\n<tr><th class='group' scope='rowgroup' colspan='%d'>%s</th></tr>%n"
            .formatted(FIGURES.size() + 2, Html.escape(name))
        + component.getValue().stream().map(MatrixReport::row).collect(Collectors.joining())
        + "</tbody>\n";
  }

  private static String row(Matrix.Row row) {
    return "<tr><th scope='row'>%s</th><td>%s</td>%s</tr>%n"
        .formatted(
            fault(row),
            outcome(row.verdict()),
            row.result() == null
                ? "<td class='number'>–</td>".repeat(FIGURES.size())
                : figures(row.result(), row.promised(), row.verdict()));
  }

  private static String fault(Matrix.Row row) {
    String title = Html.escape(row.fault().isEmpty() ? row.name() : row.fault());
    String linked =
        row.report() == null
            ? title
            : "<a href='%s'>%s</a>".formatted(Html.escape(row.report()), title);
    String name = row.fault().isEmpty() ? "" : "<small>" + Html.escape(row.name()) + "</small>";
    String reasons =
        row.reasons().stream()
            .map(reason -> "<small class='reason'>" + Html.escape(reason) + "</small>")
            .collect(Collectors.joining());
    return linked + name + reasons;
  }

  private static String outcome(Result.Outcome outcome) {
    return "<span class='outcome %s'>%s<strong>%s</strong></span>"
        .formatted(Headline.look(outcome), Headline.sign(outcome), DrillReport.word(outcome));
  }

  private static String figures(Result result, Promises promised, Result.Outcome verdict) {
    Result.Writes writes = result.writes();
    boolean wrote = writes.sent() > 0;
    boolean judged = verdict != Result.Outcome.INVALID;
    return Stream.of(
            cell(result.reads().failed(), promised.failedReadsMax(), judged),
            cell(wrote ? writes.failed() : null, promised.failedWritesMax(), judged),
            cell(result.retried().reads() + result.retried().writes(), null, judged),
            stored(writes.lost(), judged),
            stored(writes.duplicated(), judged),
            cell(result.unavailableMs().reads(), promised.gapReadsMsMax(), judged),
            cell(wrote ? result.unavailableMs().writes() : null, promised.gapWritesMsMax(), judged),
            cell(result.latencyMs().p99(), promised.p99MsMax(), judged))
        .collect(Collectors.joining());
  }

  /** The value with the most that is promised; a cross says that it is more. */
  private static String cell(@Nullable Long is, @Nullable Long most, boolean judged) {
    String limit = most == null ? "" : "<small>≤ " + Html.number(most) + "</small>";
    return cell(is, judged && is != null && most != null && is > most, is == null ? "" : limit);
  }

  /** What no drill may do at all. */
  private static String stored(@Nullable Long is, boolean judged) {
    return cell(is, judged && is != null && is > 0, "");
  }

  private static String cell(@Nullable Long is, boolean broken, String limit) {
    return "<td class='number%s'>%s%s%s</td>"
        .formatted(
            broken ? " broken" : "", broken ? "✕ " : "", is == null ? "–" : Html.number(is), limit);
  }
}
