package holdfast.bench.chart;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.chart.ValueAxis;
import java.util.List;

/**
 * Bars side by side, in groups. Each bar is labelled with its name and value, so that colours don't
 * matter.
 */
public final class BarChart {

  private static final double TOP = 24;
  private static final double BOTTOM = 234;
  private static final double BELOW = 46;

  /** A value with the lowest and highest of its measurements. */
  public record Bar(String name, double value, double low, double high) {}

  /** The bars at one place of the horizontal axis. */
  public record Group(String name, List<Bar> bars) {}

  private BarChart() {}

  public static Svg draw(String title, List<Group> groups) {
    Svg svg = new Svg(BOTTOM + BELOW, title);
    double most =
        groups.stream()
            .flatMap(group -> group.bars().stream())
            .mapToDouble(bar -> Math.max(bar.value(), bar.high()))
            .max()
            .orElse(1);
    ValueAxis axis = ValueAxis.linear(most, TOP, BOTTOM);
    axis.draw(svg, title);
    svg.line(Svg.LEFT, BOTTOM, Svg.RIGHT, BOTTOM, "axis");
    double width = (Svg.RIGHT - Svg.LEFT) / Math.max(groups.size(), 1);
    for (int i = 0; i < groups.size(); i++) {
      group(svg, axis, groups.get(i), Svg.LEFT + i * width, width);
    }
    return svg;
  }

  private static void group(Svg svg, ValueAxis axis, Group group, double left, double width) {
    double gap = width * 0.1;
    double each = (width - gap) / Math.max(group.bars().size(), 1);
    for (int i = 0; i < group.bars().size(); i++) {
      Bar bar = group.bars().get(i);
      double x = left + gap / 2 + i * each;
      double middle = x + each / 2;
      String value = Html.decimal(bar.value());
      String tip =
          "%s, %s: %s (%s to %s)"
              .formatted(
                  group.name(),
                  bar.name(),
                  value,
                  Html.decimal(bar.low()),
                  Html.decimal(bar.high()));
      double top = axis.y(bar.value());
      svg.rect(x + 2, top, each - 4, BOTTOM - top, i % 2 == 0 ? "ok" : "ok write", tip);
      svg.line(middle, axis.y(bar.low()), middle, axis.y(bar.high()), "axis");
      svg.text(middle, Math.min(top, axis.y(bar.high())) - 5, "note mid halo", value);
      svg.text(middle, BOTTOM + 16, "tick mid", bar.name());
    }
    svg.text(left + width / 2, BOTTOM + 36, "lane mid", group.name());
  }
}
