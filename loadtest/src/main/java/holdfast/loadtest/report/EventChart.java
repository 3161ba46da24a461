package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.verdict.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The drill's events along the time axis, each with its text and the number that all charts use.
 */
final class EventChart {

  private static final double ROW = 24;
  private static final double FLAG = 9;
  private static final double CHARACTER = 6.6;

  /** A label is right of its moment, or left of it near the edge of the page. */
  private record Label(Event event, int number, double x, String text, boolean flipped, int row) {
    double left() {
      return flipped ? x - width(text) : x - FLAG;
    }

    double right() {
      return flipped ? x + FLAG : x + width(text);
    }
  }

  private EventChart() {}

  static Svg draw(ReportModel model, TimeAxis time) {
    List<Label> labels = place(model.events(), time);
    int rows = labels.stream().mapToInt(Label::row).max().orElse(-1) + 1;
    double bottom = rows * ROW + 14;
    Svg svg = new Svg(bottom + 24, "The drill's events in order of time");
    svg.line(Svg.LEFT, bottom, Svg.RIGHT, bottom, "axis");
    for (double second = 0; second <= time.seconds(); second += time.tick()) {
      svg.text(time.xOfSecond(second), bottom + 18, "tick mid", Html.decimal(second) + " s");
    }
    labels.forEach(label -> svg.line(label.x, label.row * ROW + 10, label.x, bottom, "stem"));
    labels.forEach(label -> draw(svg, label));
    return svg;
  }

  private static void draw(Svg svg, Label label) {
    double y = label.row * ROW + 14;
    double textX = label.flipped ? label.x - FLAG - 5 : label.x + FLAG + 5;
    double width = width(label.text);
    svg.rect(label.flipped ? label.x - width : label.x, y - 11, width, 22, "paper", "");
    svg.circle(label.x, y, FLAG, "flag " + TimePlot.look(label.event), "");
    svg.text(label.x, y + 4, "flag-number mid", String.valueOf(label.number));
    svg.text(textX, y + 4, label.flipped ? "label end" : "label", label.text);
  }

  /**
   * Each label takes the highest row in which it covers no other label. Labels left of their
   * moments are placed last and in reverse order. Otherwise a stem would cross a label.
   */
  private static List<Label> place(List<Event> events, TimeAxis time) {
    List<Label> wanted =
        IntStream.range(0, events.size())
            .mapToObj(i -> wanted(events.get(i), i + 1, time))
            .toList();
    List<Label> placed = new ArrayList<>();
    wanted.stream().filter(label -> !label.flipped).forEach(label -> place(label, placed));
    wanted.reversed().stream().filter(Label::flipped).forEach(label -> place(label, placed));
    return placed;
  }

  private static Label wanted(Event event, int number, TimeAxis time) {
    double x = time.x(event.atMs());
    String text =
        event.brief() + (time.shows(event.atMs()) ? "" : " (after the end of the charts)");
    return new Label(event, number, x, text, x + width(text) > Svg.WIDTH, 0);
  }

  private static void place(Label label, List<Label> placed) {
    int row = 0;
    while (covers(label, row, placed)) {
      row++;
    }
    placed.add(new Label(label.event, label.number, label.x, label.text, label.flipped, row));
  }

  private static boolean covers(Label label, int row, List<Label> placed) {
    return placed.stream()
        .anyMatch(
            it -> it.row == row && it.left() < label.right() + 6 && label.left() < it.right() + 6);
  }

  private static double width(String text) {
    return FLAG + 8 + text.length() * CHARACTER;
  }
}
