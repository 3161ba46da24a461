package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.chart.ValueAxis;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import holdfast.loadtest.verdict.Outage;
import holdfast.loadtest.verdict.Percentile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** The latency of each request at its due time. A long run has lines instead of points. */
final class LatencyChart {

  private static final double HEIGHT = 260;

  /** More points than this can't be told apart, and slow the page down. */
  private static final int MOST_POINTS = 5000;

  private LatencyChart() {}

  static Svg draw(ReportModel model, TimeAxis time) {
    TimePlot plot = new TimePlot(model, time, HEIGHT, "Latency from the due time, by request");
    List<Request> requests = model.history().requests();
    ValueAxis axis = axis(model, plot);
    plot.values(axis, "latency in ms (log scale)");
    promised(model, plot, axis);
    if (requests.size() > MOST_POINTS) {
      line(plot, axis, time, requests, 99, "p99");
      line(plot, axis, time, requests, 100, "max");
    } else {
      requests.stream().filter(Request::good).forEach(it -> point(plot, axis, time, it));
    }
    line(plot, axis, time, requests, 50, "p50");
    requests.stream()
        .filter(request -> !request.good())
        .limit(MOST_POINTS)
        .forEach(it -> point(plot, axis, time, it));
    gap(plot, time, model, RequestKind.READ, 0);
    gap(plot, time, model, RequestKind.WRITE, 1);
    return plot.withEvents(model.events());
  }

  private static ValueAxis axis(ReportModel model, TimePlot plot) {
    Long promised = model.expected().promised().p99MsMax();
    LongStream seen = model.history().requests().stream().mapToLong(Request::latencyMs);
    long[] values =
        LongStream.concat(seen, promised == null ? LongStream.empty() : LongStream.of(promised))
            .sorted()
            .toArray();
    return values.length == 0
        ? ValueAxis.log(1, 1000, TimePlot.TOP, plot.bottom())
        : ValueAxis.log(values[0], values[values.length - 1] * 1.1, TimePlot.TOP, plot.bottom());
  }

  private static void promised(ReportModel model, TimePlot plot, ValueAxis axis) {
    Long promised = model.expected().promised().p99MsMax();
    if (promised != null) {
      double y = axis.y(promised);
      plot.svg().line(Svg.LEFT, y, Svg.RIGHT, y, "promised");
      String text = "promised: p99 at most " + Html.number(promised) + " ms";
      plot.svg().text(Svg.LEFT + 6, y - 5, "note", text);
    }
  }

  private static void point(TimePlot plot, ValueAxis axis, TimeAxis time, Request request) {
    double x = time.x(request.dueMs());
    double y = axis.y(request.latencyMs());
    String at = Html.decimal((request.dueMs() - time.startMs()) / 1000.0);
    String tip =
        "%s, due at %s s: %d ms, %s"
            .formatted(request.label(), at, request.latencyMs(), request.code());
    if (request.good() && request.kind() == RequestKind.WRITE) {
      plot.svg().rect(x - 2.4, y - 2.4, 4.8, 4.8, "point write", tip);
    } else if (request.good()) {
      plot.svg().circle(x, y, 2.2, "point", tip);
    } else {
      plot.svg().cross(x, y, 4, tip + " " + request.failure());
    }
  }

  private static void line(
      TimePlot plot,
      ValueAxis axis,
      TimeAxis time,
      List<Request> requests,
      int percent,
      String look) {
    List<List<Long>> buckets = new ArrayList<>();
    for (int i = 0; i < time.buckets(); i++) {
      buckets.add(new ArrayList<>());
    }
    requests.forEach(it -> buckets.get(time.bucket(it.dueMs())).add(it.latencyMs()));
    StringBuilder d = new StringBuilder();
    for (int i = 0; i < buckets.size(); i++) {
      long[] sorted = buckets.get(i).stream().mapToLong(Long::longValue).sorted().toArray();
      Long value = Percentile.of(percent, sorted);
      if (value != null) {
        double x = time.xOfSecond((i + 0.5) * time.bucketSeconds());
        d.append(d.isEmpty() ? 'M' : 'L').append(Svg.data("%.1f %.1f", x, axis.y(value)));
      }
    }
    plot.svg().path(d.toString(), "line " + look);
  }

  private static void gap(
      TimePlot plot, TimeAxis time, ReportModel model, RequestKind kind, int row) {
    Outage.longest(model.history().of(kind)).ifPresent(gap -> gap(plot, time, gap, kind, row));
  }

  /** A bracket over the longest outage. */
  private static void gap(TimePlot plot, TimeAxis time, Outage gap, RequestKind kind, int row) {
    double from = time.x(gap.fromMs());
    double to = Math.max(time.x(gap.toMs()), from + 3);
    double y = TimePlot.TOP + 12 + 18 * row;
    String bracket = "M%1$.1f %3$.1fv10M%1$.1f %4$.1fH%2$.1fM%2$.1f %3$.1fv10";
    plot.svg().path(Svg.data(bracket, from, to, y - 5, y), "gap");
    boolean late = to > Svg.RIGHT - 200;
    String text = "longest gap in " + kind.word() + "s: " + Html.number(gap.ms()) + " ms";
    plot.svg().text(late ? from - 6 : to + 6, y + 4, late ? "note end halo" : "note halo", text);
  }
}
