package holdfast.loadtest.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A benchmark's report: charts and tables, in the look of the drills' reports. */
public final class BenchReport {

  /** A heading, what it shows in a sentence, and charts or tables of this package. */
  public record Section(String title, String hint, String content) {}

  private BenchReport() {}

  /** Writes the page; {@code about} says what was measured, on what. */
  public static void write(Path file, String title, String about, List<Section> sections)
      throws IOException {
    Files.writeString(file, draw(title, about, sections));
  }

  static String draw(String title, String about, List<Section> sections) {
    String head =
        "<header>\n<p class='over'>Holdfast benchmark</p>\n<h1>%s</h1>\n<p class='promise'>%s</p>\n</header>\n"
            .formatted(Html.escape(title), Html.escape(about));
    return DrillReport.document(
        title,
        "",
        head
            + sections.stream()
                .map(it -> DrillReport.section(it.title(), it.hint(), it.content()))
                .collect(Collectors.joining())
            + DrillReport.resource("bench-footer.html"));
  }

  /** A chart of this package in its frame. */
  public static String figure(String chart) {
    return "<figure>\n" + chart + "</figure>\n";
  }

  /** Texts in rows; the first column is read as words, the others as numbers. */
  public static String table(List<String> heads, List<List<String>> rows) {
    Table table = new Table(cells(heads));
    rows.forEach(row -> table.row(cells(row)));
    return table.toString();
  }

  private static Table.Cell[] cells(List<String> texts) {
    Table.Cell[] cells = new Table.Cell[texts.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = new Table.Cell(texts.get(i), i == 0 ? "" : "number");
    }
    return cells;
  }
}
