package holdfast.bench.search;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import holdfast.bench.chart.BarChart;
import holdfast.bench.chart.ScatterChart;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Options;
import holdfast.loadtest.report.BenchReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares table sizes. {@link GrowthBench} has measured each size in several turns; the report
 * shows the medians of the turns.
 */
public final class GrowthReport implements Benchmark {

  private static final JsonMapper JSON = new JsonMapper();
  private static final double MIB = 1024 * 1024;

  /**
   * The figures of one table size. The model is a line: latency = fixed + slope × answer size.
   *
   * @param fixedMs the latency of a search that finds nobody
   * @param fixedLeastMs the lowest fixedMs of a turn
   * @param fixedMostMs the highest fixedMs of a turn
   * @param msPerMib the slope of the line that starts at fixedMs, fitted by least squares
   * @param explained the share of the variance that the line explains (R²)
   */
  record Size(
      long users,
      double tableMib,
      double fixedMs,
      double fixedLeastMs,
      double fixedMostMs,
      double msPerMib,
      double explained,
      double meanAnswerKib,
      double meanMs) {}

  /** Figures for result.json. */
  record Figures(List<Size> sizes) {}

  @Override
  public Findings run(Options options) throws IOException {
    Path folder = Path.of(options.text("turns"));
    Path report = Path.of(options.text("report"));
    options.refuseUnused();
    List<Size> sizes = new ArrayList<>();
    List<ScatterChart.Series> series = new ArrayList<>();
    for (List<JsonNode> turns : turns(folder)) {
      List<ScatterChart.Point> points = points(turns);
      Size size = size(turns, points);
      sizes.add(size);
      series.add(
          new ScatterChart.Series(
              "%,d users".formatted(size.users()), points, size.fixedMs(), size.msPerMib()));
    }
    if (sizes.isEmpty()) {
      throw new IOException(folder + " holds no file USERS-TURN.json");
    }
    BenchReport.write(
        report,
        "Growth of the search",
        "One client searches for every pair of letters over the whole path, in tables of several"
            + " sizes. The sizes are measured in turn. All figures are medians.",
        List.of(bySize(series), byTable(sizes)));
    return new Findings(
        new Figures(sizes), sizes.stream().map(GrowthReport::words).toList(), List.of());
  }

  /** The turns of each size, smallest size first, from the files USERS-TURN.json. */
  private static Collection<List<JsonNode>> turns(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .sorted()
          .filter(file -> file.getFileName().toString().matches("\\d+-\\d+\\.json"))
          .map(file -> JSON.readTree(file.toFile()).required("figures"))
          .collect(groupingBy(it -> it.required("users").asLong(), TreeMap::new, toList()))
          .values();
    }
  }

  /**
   * The answer size and the median latency of each pair of letters. {@link GrowthBench} always
   * writes the pairs in the same order. The number of turns is odd, so the middle value is the
   * median.
   */
  private static List<ScatterChart.Point> points(List<JsonNode> turns) {
    List<ScatterChart.Point> points = new ArrayList<>();
    for (int i = 0; i < turns.getFirst().required("points").size(); i++) {
      int pair = i;
      double bytes = turns.getFirst().requiredAt("/points/%d/bytes".formatted(pair)).asDouble();
      double[] times = values(turns, "/points/%d/ms".formatted(pair));
      points.add(new ScatterChart.Point(bytes / MIB, times[times.length / 2]));
    }
    return points;
  }

  private static double[] values(List<JsonNode> turns, String place) {
    return turns.stream().mapToDouble(it -> it.requiredAt(place).asDouble()).sorted().toArray();
  }

  static Size size(List<JsonNode> turns, List<ScatterChart.Point> points) {
    double[] fixedOfTurns = values(turns, "/fixed_ms");
    double fixed = fixedOfTurns[fixedOfTurns.length / 2];
    JsonNode figures = turns.getFirst();
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
        rounded(fixedOfTurns[0]),
        rounded(fixedOfTurns[fixedOfTurns.length - 1]),
        rounded(slope),
        spread == 0 ? 1 : Math.round((1 - off / spread) * 1000) / 1000.0,
        rounded(meanMib * 1024),
        rounded(mean));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private static String words(Size size) {
    return "%,d users, table %.0f MiB: %.2f ms (%.2f to %.2f) + %.2f ms per MiB of answer (R² %.3f); on average %.1f KiB in %.2f ms"
        .formatted(
            size.users(),
            size.tableMib(),
            size.fixedMs(),
            size.fixedLeastMs(),
            size.fixedMostMs(),
            size.msPerMib(),
            size.explained(),
            size.meanAnswerKib(),
            size.meanMs());
  }

  private static BenchReport.Section bySize(List<ScatterChart.Series> series) {
    return new BenchReport.Section(
        "Time by answer size",
        "Each mark is the median of one pair of letters. Each line starts at the latency of a search"
            + " that finds nobody.",
        ScatterChart.draw("Time by answer size", "MiB of answer", "ms", series),
        null);
  }

  private static BenchReport.Section byTable(List<Size> sizes) {
    List<String> heads =
        List.of(
            "users", "table MiB", "nobody ms", "ms per MiB", "R²", "mean answer KiB", "mean ms");
    return new BenchReport.Section(
        "Time by table size",
        "Table sizes include the indexes.",
        BarChart.draw("ms per search", sizes.stream().map(GrowthReport::bars).toList()),
        new BenchReport.Figures(heads, sizes.stream().map(GrowthReport::row).toList()));
  }

  private static BarChart.Group bars(Size size) {
    return new BarChart.Group(
        "%,d users, %.0f MiB".formatted(size.users(), size.tableMib()),
        List.of(
            new BarChart.Bar("nobody", size.fixedMs(), size.fixedLeastMs(), size.fixedMostMs()),
            new BarChart.Bar("mean of all pairs", size.meanMs(), size.meanMs(), size.meanMs())));
  }

  private static List<String> row(Size size) {
    return List.of(
        "%,d".formatted(size.users()),
        "%.1f".formatted(size.tableMib()),
        "%.2f (%.2f–%.2f)".formatted(size.fixedMs(), size.fixedLeastMs(), size.fixedMostMs()),
        "%.2f".formatted(size.msPerMib()),
        "%.3f".formatted(size.explained()),
        "%.1f".formatted(size.meanAnswerKib()),
        "%.2f".formatted(size.meanMs()));
  }
}
