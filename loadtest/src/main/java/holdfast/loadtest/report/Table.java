package holdfast.loadtest.report;

import java.util.List;

/** A plain table; cells are escaped here, so that no caller can forget it. */
final class Table {

  /** A cell's text and its look: the class of the style sheet, or nothing. */
  record Cell(String text, String look) {
    static Cell of(String text) {
      return new Cell(text, "");
    }

    static Cell number(long value) {
      return new Cell(Html.number(value), "number");
    }
  }

  private final StringBuilder rows = new StringBuilder();

  Table(Cell... heads) {
    rows.append("<thead>\n");
    row("th", List.of(heads));
    rows.append("</thead>\n");
  }

  Table row(Cell... cells) {
    row("td", List.of(cells));
    return this;
  }

  private void row(String tag, List<Cell> cells) {
    rows.append("<tr>");
    for (Cell cell : cells) {
      rows.append("<%s class='%s'>".formatted(tag, cell.look()))
          .append(Html.escape(cell.text()))
          .append("</%s>".formatted(tag));
    }
    rows.append("</tr>\n");
  }

  @Override
  public String toString() {
    return "<div class='scroll'><table>\n" + rows + "</table></div>\n";
  }
}
