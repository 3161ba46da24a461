package holdfast.bench.overload;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Options;
import holdfast.loadtest.history.JtlReader;
import holdfast.loadtest.history.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Evaluates searches that JMeter sent at rising rates. The system must refuse with 503 the searches
 * that it can't serve. No search may fail in another way.
 */
public final class ProfileBench implements Benchmark {

  /**
   * Figures for result.json.
   *
   * @param stepSeconds the duration of each rate
   */
  record Figures(int stepSeconds, List<RateStep> steps) {}

  @Override
  public Findings run(Options options) throws IOException {
    Path jtl = Path.of(options.text("jtl"));
    List<Integer> rates = options.numbers("rates");
    int seconds = options.number("duration");
    Path report = Path.of(options.text("report"));
    options.refuseUnused();
    Map<String, List<Request>> byLabel =
        JtlReader.read(jtl).stream().collect(Collectors.groupingBy(Request::label));
    List<RateStep> steps =
        rates.stream()
            .map(rate -> RateStep.of(rate, seconds, byLabel.getOrDefault(label(rate), List.of())))
            .toList();
    ProfileReport.write(report, seconds, steps);
    return findings(new Figures(seconds, steps));
  }

  /** The label in the plan. JtlReader keeps the requests whose label starts with "read". */
  private static String label(int rate) {
    return "read " + rate + " a second";
  }

  private static Findings findings(Figures figures) {
    List<String> summary = new ArrayList<>();
    List<String> violations = new ArrayList<>();
    List<String> unmeasured = new ArrayList<>();
    for (RateStep step : figures.steps()) {
      summary.addAll(summary(step));
      long due = (long) step.offered() * figures.stepSeconds();
      if (step.sent() != due) {
        unmeasured.add(
            "at %s, %d requests have a result instead of %d"
                .formatted(step.name(), step.sent(), due));
      }
      step.failures()
          .forEach((what, count) ->
              Findings.count(violations, count, "failed at " + step.name() + ": " + what));
    }
    return new Findings(figures, summary, violations, unmeasured);
  }

  private static List<String> summary(RateStep step) {
    String counts =
        "at %s: %d sent, %d failed, %d good (%.1f a second): %s"
            .formatted(
                step.name(),
                step.sent(),
                step.failed(),
                step.good(),
                step.achieved(),
                step.goodLatency());
    String refused =
        "at %s: %d refused with 503; latency from sending: %s"
            .formatted(step.name(), step.refused(), step.refusedLatency());
    String behind = "at %s: JMeter sent requests late: %s".formatted(step.name(), step.late());
    List<String> lines = new ArrayList<>(List.of(counts));
    if (step.refused() > 0) {
      lines.add(refused);
    }
    if (step.isGeneratorBehind()) {
      lines.add(behind);
    }
    return lines;
  }
}
