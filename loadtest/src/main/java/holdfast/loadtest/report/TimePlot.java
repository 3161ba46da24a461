package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.chart.ValueAxis;
import holdfast.loadtest.verdict.Event;
import java.util.List;
import java.util.stream.IntStream;

/** The base of all charts over time: the time axis, and the events as numbered lines. */
final class TimePlot {

  static final double TOP = 30;
  private static final double BELOW = 44;
  private static final double FLAG = 8;

  private final Svg svg;
  private final TimeAxis time;
  private final double bottom;

  TimePlot(ReportModel model, TimeAxis time, double plotHeight, String title) {
    this.time = time;
    this.bottom = TOP + plotHeight;
    this.svg = new Svg(bottom + BELOW, title);
    duringFaults(model.events());
    timeAxis();
  }

  Svg svg() {
    return svg;
  }

  double bottom() {
    return bottom;
  }

  TimePlot values(ValueAxis axis, String title) {
    axis.draw(svg, title);
    return this;
  }

  /** Draws the events last, over the data. A flag that would cover its neighbour moves aside. */
  Svg withEvents(List<Event> events) {
    List<Integer> shown =
        IntStream.range(0, events.size())
            .filter(i -> time.shows(events.get(i).atMs()))
            .boxed()
            .toList();
    double[] moments = shown.stream().mapToDouble(i -> time.x(events.get(i).atMs())).toArray();
    double[] flags = FlagLayout.place(moments, 2 * FLAG + 2, Svg.WIDTH - FLAG - 1);
    for (int k = 0; k < flags.length; k++) {
      event(events.get(shown.get(k)), shown.get(k) + 1, moments[k], flags[k]);
    }
    return svg;
  }

  private void event(Event event, int number, double x, double flagX) {
    svg.path(
        Svg.data("M%.1f %.1fL%.1f %.1fL%.1f %.1f", flagX, TOP - 12, x, TOP - 2, x, bottom),
        "event " + look(event));
    svg.circle(flagX, TOP - 19, FLAG, "flag " + look(event), tip(event));
    svg.text(flagX, TOP - 15.2, "flag-number mid", String.valueOf(number));
  }

  static String look(Event event) {
    return event.kind().words().replace(' ', '-');
  }

  private String tip(Event event) {
    return "%s s: %s"
        .formatted(Html.decimal((event.atMs() - time.startMs()) / 1000.0), event.brief());
  }

  private void duringFaults(List<Event> events) {
    long from = Event.firstMs(events, Event.Kind.INJECT);
    if (from < Long.MAX_VALUE) {
      double x = time.x(from);
      double to = time.x(Event.firstMs(events, Event.Kind.HEAL));
      svg.rect(x, TOP, to - x, bottom - TOP, "during", "faults in place");
    }
  }

  private void timeAxis() {
    svg.line(Svg.LEFT, bottom, Svg.RIGHT, bottom, "axis");
    for (double second = 0; second <= time.seconds(); second += time.tick()) {
      double x = time.xOfSecond(second);
      svg.line(x, bottom, x, bottom + 5, "axis");
      svg.text(x, bottom + 18, "tick mid", Html.decimal(second));
    }
    double middle = (Svg.LEFT + Svg.RIGHT) / 2;
    svg.text(middle, bottom + 37, "axis-title mid", "seconds since the first request was due");
  }
}
