package holdfast.bench.search;

import holdfast.bench.chart.BarChart;
import holdfast.bench.search.SearchFigures.Case;
import holdfast.bench.search.SearchFigures.Way;
import holdfast.loadtest.report.BenchReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The report of {@link SearchBench}: a chart and a table for each kind of search. */
final class SearchReport {

  private static final List<String> HEADS =
      List.of(
          "clients, way", "a second", "lowest", "highest", "÷ direct", "p50 ms", "p99 ms", "KiB");

  private static final List<String> WRITES =
      List.of("", "registered", "p50, p99, max", "looked at", "stale", "refused", "failed");

  private SearchReport() {}

  static void write(Path file, SearchFigures figures) throws IOException {
    BenchReport.write(file, "Search", about(figures), sections(figures));
  }

  private static String about(SearchFigures figures) {
    return "The same searches, measured at three points: by pgbench on a replica (direct), at one"
        + " core node alone (core), and on the whole path through nginx. There, nginx keeps nothing"
        + " (cold), has kept every answer (warm), has kept every answer compressed (gzip), or keeps"
        + " answers while users register (writes). In a further case, pgbench fetches each user as a"
        + " row (rows). pgbench opens at most 100 connections. It fetches a whole answer with one"
        + " statement; core fetches it page by page. All figures are medians of the rounds. core had"
        + " at most "
        + figures.coreRssMb()
        + " MiB resident.";
  }

  private static List<BenchReport.Section> sections(SearchFigures figures) {
    Map<String, List<Case>> bySearches =
        figures.cases().stream()
            .collect(
                Collectors.groupingBy(Case::searches, LinkedHashMap::new, Collectors.toList()));
    List<BenchReport.Section> sections = new ArrayList<>();
    bySearches.values().forEach(cases -> sections.add(section(cases)));
    sections.add(writes(figures.cases()));
    return sections;
  }

  private static BenchReport.Section writes(List<Case> cases) {
    List<List<String>> rows = new ArrayList<>();
    for (Case one : cases) {
      if (one.writes() != null) {
        rows.add(row(one.name(), one.writes()));
      }
    }
    return new BenchReport.Section(
        "Registrations during the searches",
        "%d users a second register. Each must be found 1 s later by searches for several prefixes. An answer without the user is stale."
            .formatted(Newcomers.A_SECOND),
        null,
        new BenchReport.Figures(WRITES, rows));
  }

  private static List<String> row(String name, Writes writes) {
    return List.of(
        name,
        String.valueOf(writes.registered()),
        writes.registration().toString(),
        String.valueOf(writes.lookups()),
        String.valueOf(writes.stale()),
        String.valueOf(writes.refused()),
        String.valueOf(writes.failed()));
  }

  private static BenchReport.Section section(List<Case> cases) {
    List<BarChart.Group> groups =
        cases.stream().map(it -> new BarChart.Group(it.clients() + " clients", bars(it))).toList();
    long refused = cases.stream().mapToLong(Case::refused).sum();
    String hint =
        "Good answers per second. The line in a bar goes from the lowest to the highest round. %d searches were refused with an error status."
            .formatted(refused);
    List<List<String>> rows = new ArrayList<>();
    for (Case one : cases) {
      one.ways().forEach((way, it) -> rows.add(row(one.clients() + ", " + way, it)));
    }
    return new BenchReport.Section(
        cases.getFirst().searches(),
        hint,
        BarChart.draw("searches per second", groups),
        new BenchReport.Figures(HEADS, rows));
  }

  private static List<BarChart.Bar> bars(Case one) {
    List<BarChart.Bar> bars = new ArrayList<>();
    one.ways().forEach((way, it) -> bars.add(new BarChart.Bar(way, it.rps(), it.low(), it.high())));
    return bars;
  }

  private static List<String> row(String name, Way way) {
    return List.of(
        name,
        decimal(way.rps()),
        decimal(way.low()),
        decimal(way.high()),
        "%.2f".formatted(way.overDirect()),
        decimal(way.p50Ms()),
        decimal(way.p99Ms()),
        decimal(way.answerKb()));
  }

  private static String decimal(@Nullable Double value) {
    return value == null ? "–" : "%.1f".formatted(value);
  }
}
