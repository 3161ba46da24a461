package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import java.util.ArrayList;
import java.util.List;

/** A table: the heads of its columns, and its rows. */
final class Table {

  /** A cell's text, and the style sheet's class for it, which may be empty. */
  record Cell(String text, String look) {
    static Cell of(String text) {
      return new Cell(text, "");
    }

    static Cell number(long value) {
      return new Cell(Html.number(value), "number");
    }
  }

  /** One row. */
  record Row(List<Cell> cells) {}

  private final List<Cell> heads;
  private final List<Row> rows = new ArrayList<>();

  Table(Cell... heads) {
    this.heads = List.of(heads);
  }

  Table row(Cell... cells) {
    rows.add(new Row(List.of(cells)));
    return this;
  }

  List<Cell> heads() {
    return heads;
  }

  List<Row> rows() {
    return rows;
  }
}
