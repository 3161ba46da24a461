package holdfast.bench.search;

import holdfast.bench.chart.BarChart;
import holdfast.bench.search.SearchFigures.Case;
import holdfast.bench.search.SearchFigures.Spread;
import holdfast.loadtest.report.BenchReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The report of {@link SearchBench}: a chart and a table for each kind of search. */
final class SearchReport {

  private static final List<String> HEADS =
      List.of(
          "clients",
          "direct/s",
          "core/s",
          "path/s",
          "core ÷ direct",
          "path ÷ direct",
          "p50 ms",
          "p99 ms",
          "refused");

  private SearchReport() {}

  static void write(Path file, SearchFigures figures) throws IOException {
    BenchReport.write(file, "Search", about(figures), sections(figures));
  }

  private static String about(SearchFigures figures) {
    return "The same searches, measured at three points: by pgbench on a replica (direct), at one"
        + " core node alone (core), and through nginx (path). For rows, pgbench fetches each user as"
        + " a row. pgbench opens at most 100 connections and fetches an answer at once; core fetches"
        + " it in pages. All figures are medians of the rounds. core had at most "
        + figures.coreRssMb()
        + " MiB resident.";
  }

  private static List<BenchReport.Section> sections(SearchFigures figures) {
    Map<String, List<Case>> bySearches =
        figures.cases().stream()
            .collect(
                Collectors.groupingBy(Case::searches, LinkedHashMap::new, Collectors.toList()));
    return bySearches.values().stream().map(SearchReport::section).toList();
  }

  private static BenchReport.Section section(List<Case> cases) {
    List<BarChart.Group> groups =
        cases.stream().map(it -> new BarChart.Group(it.clients() + " clients", bars(it))).toList();
    String hint =
        "Good answers per second. An answer has %.1f KiB on average. The line in a bar goes from the lowest to the highest round."
            .formatted(cases.getFirst().answerKb());
    List<List<String>> rows = cases.stream().map(SearchReport::row).toList();
    return new BenchReport.Section(
        cases.getFirst().searches(),
        hint,
        BarChart.draw("searches per second", groups),
        new BenchReport.Figures(HEADS, rows));
  }

  private static List<BarChart.Bar> bars(Case one) {
    List<BarChart.Bar> bars = new ArrayList<>();
    bars.add(bar(one, "direct", one.directRps()));
    if (one.rowsRps() != null) {
      bars.add(bar(one, "rows", one.rowsRps()));
    }
    bars.add(bar(one, "core", one.coreRps()));
    bars.add(bar(one, "path", one.pathRps()));
    return bars;
  }

  private static BarChart.Bar bar(Case one, String way, double rps) {
    Spread spread = one.spread().get(way);
    return new BarChart.Bar(way, rps, spread.low(), spread.high());
  }

  private static List<String> row(Case one) {
    return List.of(
        String.valueOf(one.clients()),
        "%.1f".formatted(one.directRps()),
        "%.1f".formatted(one.coreRps()),
        "%.1f".formatted(one.pathRps()),
        "%.2f".formatted(one.coreOverDirect()),
        "%.2f".formatted(one.pathOverDirect()),
        "%.1f".formatted(one.p50Ms()),
        "%.1f".formatted(one.p99Ms()),
        String.valueOf(one.refused()));
  }
}
