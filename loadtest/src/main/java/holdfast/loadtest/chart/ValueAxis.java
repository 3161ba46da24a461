package holdfast.loadtest.chart;

import java.util.ArrayList;
import java.util.List;

/** The vertical axis, from the bottom of a chart to its top. */
public record ValueAxis(double low, double high, boolean logarithmic, double top, double bottom) {

  public static ValueAxis linear(double high, double top, double bottom) {
    double step = niceStep(Math.max(high, 1) / 4);
    return new ValueAxis(0, step * Math.ceil(Math.max(high, 1) / step), false, top, bottom);
  }

  /** A logarithmic axis of whole decades around the values. */
  public static ValueAxis log(double low, double high, double top, double bottom) {
    double from = Math.pow(10, Math.floor(Math.log10(Math.max(low, 1))));
    double to = Math.pow(10, Math.ceil(Math.log10(Math.max(high, from * 10))));
    return new ValueAxis(from, to, true, top, bottom);
  }

  public double y(double value) {
    double part =
        logarithmic
            ? Math.log10(Math.max(value, low) / low) / Math.log10(high / low)
            : (value - low) / (high - low);
    return bottom - (bottom - top) * Math.clamp(part, 0, 1);
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    double step = niceStep((high - low) / 4);
    for (double tick = low; tick <= high * 1.0001; tick = logarithmic ? tick * 10 : tick + step) {
      ticks.add(tick);
    }
    return ticks;
  }

  /** Draws the grid lines across the whole chart, and the title. */
  public void draw(Svg svg, String title) {
    for (double tick : ticks()) {
      svg.line(Svg.LEFT, y(tick), Svg.RIGHT, y(tick), "grid");
      svg.text(Svg.LEFT - 8, y(tick) + 4, "tick end", Html.decimal(tick));
    }
    svg.upright(16, (top + bottom) / 2, title);
  }

  /** The smallest of …, 0.5, 1, 2, 5, 10, 20, … that is at least {@code atLeast}. */
  public static double niceStep(double atLeast) {
    double decade = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * decade >= atLeast * 0.9999) {
        return factor * decade;
      }
    }
    return 10 * decade;
  }
}
