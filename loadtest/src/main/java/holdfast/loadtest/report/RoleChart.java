package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.timeline.FailoverPhase;
import holdfast.loadtest.timeline.RoleLane;
import holdfast.loadtest.timeline.RoleSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The holders of each role as bars with the machine's name. Below, the phases of each failover. */
final class RoleChart {

  private static final double ROW = 28;
  private static final double BAR = 20;
  private static final double STEP = 19;
  private static final double STEP_BAR = 10;
  private static final double AIR = 10;
  private static final double CHARACTER = 7.4;
  private static final int SHADES = 4;

  /** Labels are drawn last: otherwise the lines of events would cross them. */
  private record Label(double x, double y, String look, String text) {}

  private final TimeAxis time;
  private final TimePlot plot;
  private final List<String> machines;
  private final List<Label> labels = new ArrayList<>();
  private double y = TimePlot.TOP + AIR;

  private RoleChart(ReportModel model, TimeAxis time) {
    List<RoleLane> lanes = model.timeline().lanes();
    List<List<FailoverPhase>> failovers = model.timeline().failovers();
    double height =
        lanes.stream().mapToDouble(it -> rows(it, time).size() * ROW + AIR).sum()
            + failovers.stream().mapToDouble(it -> it.size() * STEP + AIR).sum();
    this.time = time;
    this.plot =
        new TimePlot(
            model,
            time,
            height + AIR,
            "The leader, the holder of the VIP, and the steps of the failover");
    this.machines =
        lanes.stream()
            .flatMap(lane -> lane.spans().stream())
            .map(RoleSpan::holder)
            .distinct()
            .sorted()
            .toList();
  }

  static Svg draw(ReportModel model, TimeAxis time) {
    RoleChart chart = new RoleChart(model, time);
    model.timeline().lanes().forEach(chart::lane);
    model.timeline().failovers().forEach(chart::failover);
    chart.plot.withEvents(model.events());
    chart.labels.forEach(it -> chart.plot.svg().text(it.x, it.y, it.look, it.text));
    return chart.plot.svg();
  }

  /** The visible spans of a lane in rows: spans that overlap get different rows. */
  private static List<List<RoleSpan>> rows(RoleLane lane, TimeAxis time) {
    List<List<RoleSpan>> rows = new ArrayList<>();
    lane.spans().stream()
        .filter(span -> span.toMs() >= time.startMs() && time.x(span.fromMs()) < Svg.RIGHT)
        .sorted(Comparator.comparingLong(RoleSpan::fromMs))
        .forEach(span ->
            rows.stream()
                .filter(row -> row.getLast().toMs() <= span.fromMs())
                .findFirst()
                .ifPresentOrElse(
                    row -> row.add(span), () -> rows.add(new ArrayList<>(List.of(span)))));
    return rows;
  }

  private void lane(RoleLane lane) {
    plot.svg().text(8, y + BAR - 5, "lane", lane.role());
    for (List<RoleSpan> row : rows(lane, time)) {
      for (int i = 0; i < row.size(); i++) {
        double free = i + 1 < row.size() ? time.x(row.get(i + 1).fromMs()) : Svg.RIGHT;
        bar(lane.role(), row.get(i), free);
      }
      y += ROW;
    }
    y += AIR;
  }

  /** The name is inside the bar, or right of it if there is room. The tooltip always has it. */
  private void bar(String role, RoleSpan span, double free) {
    double x = time.x(span.fromMs());
    double width = Math.max(time.x(span.toMs()) - x, 2);
    double needed = span.holder().length() * CHARACTER + 12;
    String tip = "%s: %s from %s s".formatted(role, span.holder(), second(span.fromMs()));
    String shade = "holds shade" + machines.indexOf(span.holder()) % SHADES;
    plot.svg().rect(x, y, width, BAR, shade, tip);
    if (needed <= width) {
      labels.add(new Label(x + 7, y + BAR - 5, "label halo", span.holder()));
    } else if (needed <= free - x - width) {
      labels.add(new Label(x + width + 5, y + BAR - 5, "label halo", span.holder()));
    }
  }

  private void failover(List<FailoverPhase> phases) {
    plot.svg().text(8, y + STEP_BAR + 1, "lane", "failover");
    long faultMs = phases.getFirst().fromMs();
    for (FailoverPhase phase : phases) {
      boolean last = phase == phases.getLast();
      String all = Html.number(phase.toMs() - faultMs) + " ms after the fault";
      String text = phase.name() + " " + Html.number(phase.ms()) + " ms";
      step(phase, last && phases.size() > 1 ? text + ", " + all : text);
      y += STEP;
    }
    y += AIR;
  }

  private void step(FailoverPhase phase, String text) {
    double from = time.x(phase.fromMs());
    double width = Math.max(time.x(phase.toMs()) - from, 2);
    String tip = "%s: %s s to %s s";
    tip = tip.formatted(phase.name(), second(phase.fromMs()), second(phase.toMs()));
    plot.svg().rect(from, y, width, STEP_BAR, "phase", tip);
    boolean fits = from + width + 6 + text.length() * CHARACTER < Svg.RIGHT;
    double x = fits ? from + width + 6 : from - 6;
    labels.add(new Label(x, y + STEP_BAR, fits ? "note halo" : "note end halo", text));
  }

  private String second(long atMs) {
    return Html.decimal((atMs - time.startMs()) / 1000.0);
  }
}
