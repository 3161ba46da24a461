package holdfast.loadtest.report;

import holdfast.loadtest.history.Served;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A lane for each node: how many requests it served, second by second, on one scale. */
final class LaneChart {

  private static final double LANE = 52;
  private static final double AIR = 14;

  private LaneChart() {}

  static String draw(
      Story story, TimeAxis time, Iterable<String> nodes, List<Served> served, String title) {
    Map<String, double[]> lanes = new TreeMap<>();
    nodes.forEach(node -> lanes.put(node, new double[time.buckets()]));
    for (Served one : served) {
      lanes.get(one.node())[time.bucket(one.atMs())] += 1.0 / time.bucketSeconds();
    }
    double most = lanes.values().stream().flatMapToDouble(Arrays::stream).max().orElse(0);
    Plot plot = new Plot(story, time, Math.max(lanes.size(), 1) * LANE, title);
    double bottom = Plot.TOP;
    for (Map.Entry<String, double[]> lane : lanes.entrySet()) {
      bottom += LANE;
      ValueAxis axis = new ValueAxis(0, Math.max(most, 1), false, bottom - LANE + AIR, bottom);
      lane(plot.svg(), time, axis, lane.getKey(), lane.getValue());
    }
    return plot.withEvents(story.events());
  }

  private static void lane(Svg svg, TimeAxis time, ValueAxis axis, String node, double[] rates) {
    svg.line(TimeAxis.LEFT, axis.bottom(), TimeAxis.RIGHT, axis.bottom(), "axis");
    svg.line(TimeAxis.LEFT, axis.top(), TimeAxis.RIGHT, axis.top(), "grid");
    svg.text(8, axis.bottom() - 12, "lane", node);
    svg.text(TimeAxis.LEFT - 8, axis.top() + 4, "tick end", Html.decimal(axis.high()));
    svg.text(TimeAxis.LEFT - 8, axis.bottom() + 2, "tick end", "0");
    for (int i = 0; i < rates.length; i++) {
      if (rates[i] > 0) {
        int second = i * time.bucketSeconds();
        double x = time.xOfSecond(second) + 0.75;
        double width = time.xOfSecond(second + time.bucketSeconds()) - x - 0.75;
        double y = axis.y(rates[i]);
        String tip = "%s, second %d: %s/s".formatted(node, second, Html.decimal(rates[i]));
        svg.rect(x, y, width, axis.bottom() - y, "ok", tip);
      }
    }
  }
}
