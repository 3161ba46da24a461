package holdfast.loadtest.report;

import holdfast.loadtest.verdict.Event;
import java.util.ArrayList;
import java.util.List;

/** The drill's events in words along the time axis, each with the number the charts call it by. */
final class Ribbon {

  private static final double ROW = 24;
  private static final double FLAG = 9;
  private static final double CHARACTER = 6.6;

  /** A label stands right of its moment, or left of it where the page ends. */
  private record Label(Event event, int number, double x, String text, boolean flipped, int row) {}

  private Ribbon() {}

  static String draw(Story story, TimeAxis time) {
    List<Label> labels = place(story.events(), time);
    int rows = labels.stream().mapToInt(Label::row).max().orElse(-1) + 1;
    double bottom = rows * ROW + 14;
    Svg svg = new Svg(bottom + 24, "The drill's events in order of time");
    svg.line(TimeAxis.LEFT, bottom, TimeAxis.RIGHT, bottom, "axis");
    for (double second = 0; second <= time.seconds(); second += time.tick()) {
      svg.text(time.xOfSecond(second), bottom + 18, "tick mid", Html.decimal(second) + " s");
    }
    labels.forEach(label -> svg.line(label.x, label.row * ROW + 10, label.x, bottom, "stem"));
    labels.forEach(label -> draw(svg, label));
    return svg.toString();
  }

  private static void draw(Svg svg, Label label) {
    double y = label.row * ROW + 14;
    double textX = label.flipped ? label.x - FLAG - 5 : label.x + FLAG + 5;
    double width = width(label.text);
    svg.rect(label.flipped ? label.x - width : label.x, y - 11, width, 22, "paper", "");
    svg.circle(label.x, y, FLAG, "flag " + Plot.look(label.event), "");
    svg.text(label.x, y + 4, "flag-number mid", String.valueOf(label.number));
    svg.text(textX, y + 4, label.flipped ? "label end" : "label", label.text);
  }

  /** Each label takes the highest row in which it covers none before it. */
  private static List<Label> place(List<Event> events, TimeAxis time) {
    List<Label> labels = new ArrayList<>();
    List<Double> taken = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      double x = time.x(event.atMs());
      String text = event.brief() + (time.shows(event.atMs()) ? "" : " (after the charts' end)");
      boolean flipped = x + width(text) > Svg.WIDTH;
      double left = flipped ? x - width(text) : x - FLAG;
      int row = 0;
      while (row < taken.size() && taken.get(row) > left - 6) {
        row++;
      }
      if (row == taken.size()) {
        taken.add(0.0);
      }
      taken.set(row, flipped ? x + FLAG : x + width(text));
      labels.add(new Label(event, i + 1, x, text, flipped, row));
    }
    return labels;
  }

  private static double width(String text) {
    return FLAG + 8 + text.length() * CHARACTER;
  }
}
