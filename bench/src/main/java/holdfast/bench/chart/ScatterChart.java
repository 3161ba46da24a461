package holdfast.bench.chart;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.chart.ValueAxis;
import java.util.List;

/** Points of a few series on two linear axes. Each series has a line. */
public final class ScatterChart {

  private static final double TOP = 24;
  private static final double BOTTOM = 324;
  private static final double BELOW = 44;

  /** One measurement. */
  public record Point(double x, double y) {}

  /**
   * Points that belong together.
   *
   * @param fixed the value of the line at x = 0
   * @param slope how much the line rises per x
   */
  public record Series(String name, List<Point> points, double fixed, double slope) {}

  private ScatterChart() {}

  public static Svg draw(String title, String xTitle, String yTitle, List<Series> series) {
    Svg svg = new Svg(BOTTOM + BELOW, title);
    double right = Math.max(1, most(series, true));
    ValueAxis values = ValueAxis.linear(most(series, false), TOP, BOTTOM);
    values.draw(svg, yTitle);
    svg.line(Svg.LEFT, BOTTOM, Svg.RIGHT, BOTTOM, "axis");
    for (double tick = 0; tick <= right; tick += ValueAxis.niceStep(right / 8)) {
      svg.line(x(tick, right), BOTTOM, x(tick, right), BOTTOM + 5, "axis");
      svg.text(x(tick, right), BOTTOM + 18, "tick mid", Html.decimal(tick));
    }
    svg.text((Svg.LEFT + Svg.RIGHT) / 2, BOTTOM + 37, "axis-title mid", xTitle);
    for (int i = 0; i < series.size(); i++) {
      series(svg, values, series.get(i), i, right);
    }
    return svg;
  }

  private static void series(Svg svg, ValueAxis values, Series series, int number, double right) {
    String[] lines = {"line", "line p99", "line max"};
    String tip = series.name() + ": %s at %s";
    for (Point point : series.points()) {
      double x = x(point.x(), right);
      double y = values.y(point.y());
      String said = tip.formatted(Html.decimal(point.y()), Html.decimal(point.x()));
      switch (number % 3) {
        case 0 -> svg.circle(x, y, 2.4, "point", said);
        case 1 -> svg.rect(x - 2.4, y - 2.4, 4.8, 4.8, "point write", said);
        default -> svg.cross(x, y, 2.4, said);
      }
    }
    double end = series.points().stream().mapToDouble(Point::x).max().orElse(0);
    double endX = x(end, right);
    double endY = values.y(series.fixed() + series.slope() * end);
    svg.path(
        Svg.data("M%.1f %.1fL%.1f %.1f", x(0, right), values.y(series.fixed()), endX, endY),
        lines[number % lines.length]);
    boolean late = endX > Svg.RIGHT - 150;
    svg.text(late ? endX : endX + 6, endY - 8, late ? "note end halo" : "note halo", series.name());
  }

  private static double x(double value, double right) {
    return Svg.LEFT + (Svg.RIGHT - Svg.LEFT) * value / right;
  }

  private static double most(List<Series> series, boolean sideways) {
    return series.stream()
        .flatMap(it -> it.points().stream())
        .mapToDouble(point -> sideways ? point.x() : point.y())
        .max()
        .orElse(1);
  }
}
