package holdfast.bench.registrations;

import holdfast.bench.chart.BarChart;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Median;
import holdfast.bench.common.Options;
import holdfast.loadtest.report.BenchReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares registrations with and without the triggers that renew the ETags of searches. {@link
 * RegistrationsBench} has measured both in several turns; the report shows the medians of the
 * turns.
 */
public final class RegistrationsReport implements Benchmark {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> HEADS =
      List.of("what", "latency", "with, ms", "turns", "without, ms", "turns", "with ÷ without");

  /** The median, the lowest and the highest latency of the turns, in milliseconds. */
  record Spread(double ms, double low, double high) {

    static Spread of(List<Double> values) {
      return new Spread(
          rounded(Median.of(values)),
          values.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
          values.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }

    String range() {
      return "%.1f–%.1f".formatted(low, high);
    }
  }

  /**
   * One percentile of one kind of registration.
   *
   * @param what open, closed or insert, as in {@link RegistrationsBench.Figures}
   * @param latency p50 or p99
   * @param ratio the median with the triggers ÷ the median without them
   */
  record Row(String what, String latency, Spread with, Spread without, double ratio) {}

  /** Figures for result.json. */
  record Figures(List<Row> rows) {}

  @Override
  public Findings run(Options options) throws IOException {
    Path folder = Path.of(options.text("turns"));
    Path report = Path.of(options.text("report"));
    options.refuseUnused();
    List<JsonNode> with = turns(folder, "with");
    List<JsonNode> without = turns(folder, "without");
    List<Row> rows = new ArrayList<>();
    for (String what : List.of("open", "closed", "insert")) {
      for (String latency : List.of("p50", "p99")) {
        rows.add(row(what, latency, with, without));
      }
    }
    write(report, rows);
    return new Findings(
        new Figures(rows), rows.stream().map(RegistrationsReport::words).toList(), List.of());
  }

  private static List<JsonNode> turns(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<JsonNode> turns =
          files
              .filter(file -> file.getFileName().toString().matches(name + "-\\d+\\.json"))
              .map(file -> JSON.readTree(file.toFile()).required("figures"))
              .toList();
      if (turns.isEmpty()) {
        throw new IOException(folder + " holds no file " + name + "-TURN.json");
      }
      return turns;
    }
  }

  private static Row row(
      String what, String latency, List<JsonNode> withTurns, List<JsonNode> withoutTurns) {
    String place = "/%s/%s_ms".formatted(what, latency);
    Spread with = Spread.of(values(withTurns, place));
    Spread without = Spread.of(values(withoutTurns, place));
    return new Row(what, latency, with, without, rounded(with.ms() / without.ms()));
  }

  private static List<Double> values(List<JsonNode> turns, String place) {
    return turns.stream().map(turn -> turn.requiredAt(place).asDouble()).toList();
  }

  private static String words(Row row) {
    return "%s: with the triggers %.2f ms (%s), without %.2f ms (%s): %.2f"
        .formatted(
            name(row),
            row.with().ms(),
            row.with().range(),
            row.without().ms(),
            row.without().range(),
            row.ratio());
  }

  private static String name(Row row) {
    return kind(row) + ", " + row.latency();
  }

  private static String kind(Row row) {
    return switch (row.what()) {
      case "open" -> "registrations at a rate";
      case "closed" -> "registrations in a loop";
      default -> "INSERT alone";
    };
  }

  private static void write(Path file, List<Row> rows) throws IOException {
    List<BarChart.Group> groups =
        rows.stream()
            .map(row ->
                new BarChart.Group(
                    name(row), List.of(bar("with", row.with()), bar("without", row.without()))))
            .toList();
    BenchReport.Section section =
        new BenchReport.Section(
            "Latency",
            "Milliseconds. The line in a bar goes from the lowest to the highest turn.",
            BarChart.draw("milliseconds", groups),
            new BenchReport.Figures(HEADS, rows.stream().map(RegistrationsReport::cells).toList()));
    BenchReport.write(
        file,
        "Registrations",
        "Triggers renew the ETags of searches when a user registers. Each round measures once with"
            + " and once without these triggers. Registrations at a rate and in a loop take the whole"
            + " path. There, hashing the password hides the cost of the INSERT. So pgbench also"
            + " sends the INSERT alone, on the leader. All figures are medians of the turns.",
        List.of(section));
  }

  private static BarChart.Bar bar(String name, Spread spread) {
    return new BarChart.Bar(name, spread.ms(), spread.low(), spread.high());
  }

  private static List<String> cells(Row row) {
    return List.of(
        kind(row),
        row.latency(),
        "%.2f".formatted(row.with().ms()),
        row.with().range(),
        "%.2f".formatted(row.without().ms()),
        row.without().range(),
        "%.2f".formatted(row.ratio()));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
