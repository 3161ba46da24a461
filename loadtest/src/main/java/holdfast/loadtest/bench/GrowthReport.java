package holdfast.loadtest.bench;

import holdfast.loadtest.report.BarChart;
import holdfast.loadtest.report.BenchPage;
import holdfast.loadtest.report.ScatterChart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sizes that {@link GrowthBench} measured, side by side. */
final class GrowthReport implements Benchmark {

  private static final JsonMapper JSON = new JsonMapper();
  private static final double MIB = 1024 * 1024;

  /**
   * One table's figures. Time is taken for a line over the answer's size: t = fixed + slope × size.
   *
   * @param fixedMs measured: what a search takes that finds nobody
   * @param msPerMib the line's slope, by least squares from there
   * @param explained the share of the variance that the line explains (R²)
   */
  record Size(
      long users,
      double tableMib,
      double fixedMs,
      double msPerMib,
      double explained,
      double meanAnswerKib,
      double meanMs) {}

  /** Figures for result.json. */
  record Figures(List<Size> sizes) {}

  @Override
  public Findings run(Options options) throws IOException {
    List<Size> sizes = new ArrayList<>();
    List<ScatterChart.Series> series = new ArrayList<>();
    for (String file : options.text("sizes").split(",")) {
      JsonNode figures = JSON.readTree(Path.of(file).toFile()).required("figures");
      List<ScatterChart.Point> points = points(figures);
      Size size = size(figures, points);
      sizes.add(size);
      series.add(
          new ScatterChart.Series(
              "%,d users".formatted(size.users()), points, size.fixedMs(), size.msPerMib()));
    }
    Path report = Path.of(options.text("report"));
    options.refuseUnused();
    BenchPage.write(
        report,
        "Growth of the search",
        "Every pair of letters, one client, the whole path, in tables of several sizes.",
        List.of(bySize(series), byTable(sizes)));
    return new Findings(
        new Figures(sizes), sizes.stream().map(GrowthReport::words).toList(), List.of());
  }

  private static List<ScatterChart.Point> points(JsonNode figures) {
    return figures
        .required("points")
        .valueStream()
        .map(it ->
            new ScatterChart.Point(
                it.required("bytes").asDouble() / MIB, it.required("ms").asDouble()))
        .toList();
  }

  static Size size(JsonNode figures, List<ScatterChart.Point> points) {
    double fixed = figures.required("fixed_ms").asDouble();
    double products = points.stream().mapToDouble(it -> it.x() * (it.y() - fixed)).sum();
    double squares = points.stream().mapToDouble(it -> it.x() * it.x()).sum();
    double slope = squares == 0 ? 0 : products / squares;
    double mean = points.stream().mapToDouble(ScatterChart.Point::y).average().orElse(0);
    double spread = points.stream().mapToDouble(it -> Math.pow(it.y() - mean, 2)).sum();
    double off =
        points.stream().mapToDouble(it -> Math.pow(it.y() - fixed - slope * it.x(), 2)).sum();
    double meanMib = points.stream().mapToDouble(ScatterChart.Point::x).average().orElse(0);
    return new Size(
        figures.required("users").asLong(),
        rounded(figures.required("table_bytes").asDouble() / MIB),
        rounded(fixed),
        rounded(slope),
        spread == 0 ? 1 : Math.round((1 - off / spread) * 1000) / 1000.0,
        rounded(meanMib * 1024),
        rounded(mean));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private static String words(Size size) {
    return "%,d users, table %.0f MiB: %.2f ms + %.2f ms per MiB of answer (R² %.3f); on average %.1f KiB in %.2f ms"
        .formatted(
            size.users(),
            size.tableMib(),
            size.fixedMs(),
            size.msPerMib(),
            size.explained(),
            size.meanAnswerKib(),
            size.meanMs());
  }

  private static BenchPage.Section bySize(List<ScatterChart.Series> series) {
    return new BenchPage.Section(
        "Time against answer size",
        "Each mark is a pair of letters, the median of its rounds. A line begins at what a search"
            + " takes that finds nobody.",
        BenchPage.figure(ScatterChart.draw("Time by answer size", "MiB of answer", "ms", series)));
  }

  private static BenchPage.Section byTable(List<Size> sizes) {
    List<BarChart.Group> groups =
        sizes.stream()
            .map(it ->
                new BarChart.Group(
                    "%,d users, %.0f MiB".formatted(it.users(), it.tableMib()),
                    List.of(bar("nobody", it.fixedMs()), bar("mean of all pairs", it.meanMs()))))
            .toList();
    List<List<String>> rows =
        sizes.stream()
            .map(it ->
                List.of(
                    "%,d".formatted(it.users()),
                    "%.1f".formatted(it.tableMib()),
                    "%.2f".formatted(it.fixedMs()),
                    "%.2f".formatted(it.msPerMib()),
                    "%.3f".formatted(it.explained()),
                    "%.1f".formatted(it.meanAnswerKib()),
                    "%.2f".formatted(it.meanMs())))
            .toList();
    return new BenchPage.Section(
        "Time against table size",
        "The table is counted with its indexes.",
        BenchPage.figure(BarChart.draw("ms a search", groups))
            + BenchPage.table(
                List.of(
                    "users",
                    "table MiB",
                    "nobody ms",
                    "ms per MiB",
                    "R²",
                    "mean answer KiB",
                    "mean ms"),
                rows));
  }

  private static BarChart.Bar bar(String name, double ms) {
    return new BarChart.Bar(name, ms, ms, ms);
  }
}
