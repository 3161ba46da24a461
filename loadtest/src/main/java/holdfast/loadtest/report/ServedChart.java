package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.chart.ValueAxis;
import holdfast.loadtest.history.ServedRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A lane for each node with the requests per second that it served. All lanes have the same scale.
 */
final class ServedChart {

  private static final double LANE = 58;
  private static final double AIR = 20;

  private static final int LAST_SECONDS = 10;

  private ServedChart() {}

  static Svg draw(
      ReportModel model,
      TimeAxis time,
      Iterable<String> nodes,
      List<ServedRequest> served,
      String title) {
    Map<String, double[]> lanes = new TreeMap<>();
    nodes.forEach(node -> lanes.put(node, new double[time.buckets()]));
    for (ServedRequest one : served) {
      lanes.get(one.node())[time.bucket(one.atMs())] += 1.0 / time.bucketSeconds();
    }
    double most = lanes.values().stream().flatMapToDouble(Arrays::stream).max().orElse(0);
    TimePlot plot = new TimePlot(model, time, Math.max(lanes.size(), 1) * LANE, title);
    double bottom = TimePlot.TOP;
    for (Map.Entry<String, double[]> lane : lanes.entrySet()) {
      bottom += LANE;
      ValueAxis axis = new ValueAxis(0, Math.max(most, 1), false, bottom - LANE + AIR, bottom);
      lane(plot.svg(), time, axis, lane.getKey(), lane.getValue());
    }
    plot.withEvents(model.events());
    bottom = TimePlot.TOP;
    for (String node : lanes.keySet()) {
      String share = share(model, node, served);
      plot.svg().text(Svg.RIGHT, bottom + AIR - 5, "note end halo", share);
      bottom += LANE;
    }
    return plot.svg();
  }

  /** The node's share in the load's last seconds; empty if no node served a request in them. */
  private static String share(ReportModel model, String node, List<ServedRequest> served) {
    long endMs = model.startMs() + (long) (model.run().load().durationS() * 1000);
    List<ServedRequest> last =
        served.stream()
            .filter(one -> one.atMs() > endMs - LAST_SECONDS * 1000L && one.atMs() <= endMs)
            .toList();
    long own = last.stream().filter(one -> one.node().equals(node)).count();
    return last.isEmpty()
        ? ""
        : "%s: %d %% of the load's last %d s"
            .formatted(node, Math.round(100.0 * own / last.size()), LAST_SECONDS);
  }

  private static void lane(Svg svg, TimeAxis time, ValueAxis axis, String node, double[] rates) {
    svg.line(Svg.LEFT, axis.bottom(), Svg.RIGHT, axis.bottom(), "axis");
    svg.line(Svg.LEFT, axis.top(), Svg.RIGHT, axis.top(), "grid");
    svg.text(8, axis.bottom() - 12, "lane", node);
    svg.text(Svg.LEFT - 8, axis.top() + 4, "tick end", Html.decimal(axis.high()));
    svg.text(Svg.LEFT - 8, axis.bottom() + 2, "tick end", "0");
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
