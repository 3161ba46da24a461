package holdfast.loadtest.report;

import holdfast.loadtest.chart.Svg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A benchmark's report: charts and tables, in the style of the drills' reports. */
public final class BenchReport {

  /** A table of texts. The first column holds words, and the other columns hold numbers. */
  public record Figures(List<String> heads, List<List<String>> rows) {

    Table table() {
      Table table = new Table(cells(heads));
      rows.forEach(row -> table.row(cells(row)));
      return table;
    }

    private static Table.Cell[] cells(List<String> texts) {
      Table.Cell[] cells = new Table.Cell[texts.size()];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = new Table.Cell(texts.get(i), i == 0 ? "" : "number");
      }
      return cells;
    }
  }

  /** A heading, a hint that may be empty, and a chart, a table or both. */
  public record Section(
      String heading, String hint, @Nullable Svg chart, @Nullable Figures figures) {}

  /** The data of bench.html. */
  private record Content(String title, String look, String about, List<Section> sections) {}

  private BenchReport() {}

  /** Writes the report. {@code about} says what was measured, and on which machine. */
  public static void write(Path file, String title, String about, List<Section> sections)
      throws IOException {
    Content content = new Content(title, "", about, sections);
    Files.writeString(file, Templates.render("bench.html", content));
  }
}
