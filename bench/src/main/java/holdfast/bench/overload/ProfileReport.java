package holdfast.bench.overload;

import holdfast.bench.chart.BarChart;
import holdfast.bench.chart.BarChart.Bar;
import holdfast.bench.chart.BarChart.Group;
import holdfast.bench.common.Latency;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.report.BenchReport;
import holdfast.loadtest.report.BenchReport.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The report of {@link ProfileBench}. */
final class ProfileReport {

  private static final String TIMES = "p50, p99, max";
  private static final List<String> HEADS =
      List.of("offered", "sent", "good", "a second", TIMES, "503", TIMES, "failed", "sent late");

  private ProfileReport() {}

  static void write(Path file, int seconds, List<RateStep> steps) throws IOException {
    String about =
        "Searches by two letters, at each rate for %d s. Each search is sent when it is due, even if earlier searches have no answer yet."
            .formatted(seconds);
    BenchReport.write(file, "Load profile", about + behind(steps), sections(seconds, steps));
  }

  private static String behind(List<RateStep> steps) {
    String names =
        steps.stream()
            .filter(RateStep::isGeneratorBehind)
            .map(RateStep::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? ""
        : " The load generator sent requests late at "
            + names
            + ". This delay is part of the latency that was measured there.";
  }

  private static List<Section> sections(int seconds, List<RateStep> steps) {
    return List.of(
        new Section(
            "Throughput",
            "Requests per second: offered, answered with 200, and refused with 503 and Retry-After.",
            chart("requests a second", steps, step -> rates(step, seconds)),
            null),
        new Section(
            "Latency",
            "Milliseconds until the last byte. For good answers the time starts when the request was due; for refusals, when it was sent.",
            chart("milliseconds", steps, ProfileReport::latencies),
            null),
        new Section(
            "All figures",
            "",
            null,
            new BenchReport.Figures(HEADS, steps.stream().map(ProfileReport::row).toList())));
  }

  private static Svg chart(String title, List<RateStep> steps, Function<RateStep, List<Bar>> bars) {
    List<Group> groups =
        steps.stream().map(step -> new Group(step.name(), bars.apply(step))).toList();
    return BarChart.draw(title, groups);
  }

  private static List<Bar> rates(RateStep step, int seconds) {
    return List.of(
        bar("offered", step.offered()),
        bar("good", step.achieved()),
        bar("503", (double) step.refused() / seconds));
  }

  private static List<Bar> latencies(RateStep step) {
    List<Bar> bars = new ArrayList<>();
    add(bars, "p50", step.goodLatency().p50Ms());
    add(bars, "p99", step.goodLatency().p99Ms());
    add(bars, "503 p50", step.refusedLatency().p50Ms());
    add(bars, "503 p99", step.refusedLatency().p99Ms());
    return bars;
  }

  private static void add(List<Bar> bars, String name, @Nullable Double value) {
    if (value != null) {
      bars.add(bar(name, value));
    }
  }

  private static Bar bar(String name, double value) {
    return new Bar(name, value, value, value);
  }

  private static List<String> row(RateStep step) {
    String failures =
        step.failures().entrySet().stream()
            .map(it -> it.getKey() + ": " + it.getValue())
            .collect(Collectors.joining("; "));
    return List.of(
        step.name(),
        String.valueOf(step.sent()),
        String.valueOf(step.good()),
        String.valueOf(step.achieved()),
        times(step.goodLatency()),
        String.valueOf(step.refused()),
        times(step.refusedLatency()),
        failures.isEmpty() ? "0" : failures,
        times(step.late()));
  }

  private static String times(Latency latency) {
    return Stream.of(latency.p50Ms(), latency.p99Ms(), latency.maxMs())
        .map(it -> it == null ? "-" : String.format(Locale.ROOT, "%.0f", it))
        .collect(Collectors.joining(", "));
  }
}
