package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.chart.ValueAxis;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import java.util.Arrays;
import java.util.List;

/** Requests per second by due time: good reads below, then good writes, then failed requests. */
final class RateChart {

  private static final double HEIGHT = 150;

  /** Room above the bars, so that the shaded time of the faults stays visible. */
  private static final double HEADROOM = 1.1;

  private RateChart() {}

  static Svg draw(ReportModel model, TimeAxis time) {
    TimePlot plot = new TimePlot(model, time, HEIGHT, "Requests a second, answered and failed");
    List<Request> requests = model.history().requests();
    List<Request> goodOnes = requests.stream().filter(Request::good).toList();
    double[] good = perSecond(goodOnes, time);
    double[] reads = perSecond(goodOnes.stream().filter(it -> !isWrite(it)).toList(), time);
    double[] all = perSecond(requests, time);
    double most = Arrays.stream(all).max().orElse(0);
    ValueAxis axis = ValueAxis.linear(most * HEADROOM, TimePlot.TOP, plot.bottom());
    plot.values(axis, "requests / s");
    for (int i = 0; i < all.length; i++) {
      bar(plot, axis, time, i, 0, reads[i], "ok");
      bar(plot, axis, time, i, reads[i], good[i], "ok write");
      bar(plot, axis, time, i, good[i], all[i], "failed");
    }
    return plot.withEvents(model.events());
  }

  private static boolean isWrite(Request request) {
    return request.kind() == RequestKind.WRITE;
  }

  private static void bar(
      TimePlot plot,
      ValueAxis axis,
      TimeAxis time,
      int bucket,
      double from,
      double to,
      String look) {
    if (to <= from) {
      return;
    }
    int second = bucket * time.bucketSeconds();
    double x = time.xOfSecond(second) + 0.75;
    double width = time.xOfSecond(second + time.bucketSeconds()) - x - 0.75;
    String tip = "second %d: %s/s %s".formatted(second, Html.decimal(to - from), look);
    plot.svg().rect(x, axis.y(to), width, axis.y(from) - axis.y(to), look, tip);
  }

  private static double[] perSecond(List<Request> requests, TimeAxis time) {
    double[] counts = new double[time.buckets()];
    for (Request request : requests) {
      counts[time.bucket(request.dueMs())] += 1.0 / time.bucketSeconds();
    }
    return counts;
  }
}
