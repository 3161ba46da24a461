package holdfast.bench.overload;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Latency;
import holdfast.bench.common.Options;
import holdfast.loadtest.history.JtlReader;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.report.BenchReport;
import holdfast.loadtest.report.BenchReport.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Evaluates the results of the JMeter plan bench/described.jmx: many threads send searches in a
 * closed loop. Each search must get a good answer, or a 503 as the contract (api/openapi.yaml)
 * describes it. No connection may break.
 */
public final class DescribedBench implements Benchmark {

  private static final long NANOS_OF_MILLI = 1_000_000;

  /**
   * Figures for result.json.
   *
   * @param sent the number of searches that have a result
   * @param good the number of good answers
   * @param goodPerSecond good answers per second
   * @param goodLatency the latency of good answers, from the send time
   * @param refused the number of answers with the contract's 503
   * @param refusedLatency the latency of these answers, from the send time
   * @param broken the number of connections that broke, or gave no answer in time
   * @param otherAnswers the number of other answers
   * @param reasons the numbers of broken connections and other answers, by error
   */
  record Figures(
      int sent,
      int good,
      double goodPerSecond,
      Latency goodLatency,
      int refused,
      Latency refusedLatency,
      int broken,
      int otherAnswers,
      Map<String, Long> reasons) {

    private static Figures of(List<Request> requests, int seconds) {
      List<Request> good = requests.stream().filter(Request::good).toList();
      List<Request> refused = requests.stream().filter(DescribedBench::isRefused).toList();
      List<Request> wrong = requests.stream().filter(it -> !it.good() && !isRefused(it)).toList();
      int broken = count(wrong, Predicate.not(DescribedBench::isAnswered));
      return new Figures(
          requests.size(),
          good.size(),
          Math.round(good.size() * 10.0 / seconds) / 10.0,
          latency(good),
          refused.size(),
          latency(refused),
          broken,
          wrong.size() - broken,
          wrong.stream()
              .collect(
                  Collectors.groupingBy(
                      DescribedBench::reason, TreeMap::new, Collectors.counting())));
    }
  }

  @Override
  public Findings run(Options options) throws IOException {
    Path jtl = Path.of(options.text("jtl"));
    int seconds = options.number("duration");
    Path report = Path.of(options.text("report"));
    options.refuseUnused();
    Figures figures = Figures.of(JtlReader.read(jtl), seconds);
    List<String> violations = new ArrayList<>();
    figures.reasons().forEach((what, count) -> Findings.count(violations, count, what));
    List<String> unmeasured = new ArrayList<>();
    if (figures.sent() == 0) {
      unmeasured.add("JMeter's results hold no search");
    } else if (figures.good() == 0) {
      violations.add("no search got a good answer");
    }
    write(report, seconds, figures);
    return new Findings(figures, summary(figures), violations, unmeasured);
  }

  private static List<String> summary(Figures figures) {
    return List.of(
        "%d sent: %d good (%.1f a second), %d refused with 503, %d connections broken, %d other answers"
            .formatted(
                figures.sent(),
                figures.good(),
                figures.goodPerSecond(),
                figures.refused(),
                figures.broken(),
                figures.otherAnswers()),
        "good: " + figures.goodLatency(),
        "refused: " + figures.refusedLatency());
  }

  private static void write(Path file, int seconds, Figures figures) throws IOException {
    String about =
        "Searches by two letters for %d s. Each thread sends its next request as soon as it has an answer. JMeter runs on the same host as the system."
            .formatted(seconds);
    BenchReport.write(
        file, "The described plan", about, List.of(answers(figures), errors(figures)));
  }

  private static Section answers(Figures figures) {
    List<List<String>> rows =
        List.of(
            row("good", figures.good(), figures.goodLatency().toString()),
            row(
                "refused with the contract's 503",
                figures.refused(),
                figures.refusedLatency().toString()),
            row("connections broken", figures.broken(), ""),
            row("other answers", figures.otherAnswers(), ""));
    return new Section(
        "Answers",
        "%d requests; %.1f good answers per second."
            .formatted(figures.sent(), figures.goodPerSecond()),
        null,
        new BenchReport.Figures(List.of("answer", "count", "latency from sending"), rows));
  }

  private static Section errors(Figures figures) {
    List<List<String>> rows =
        figures.reasons().entrySet().stream()
            .map(it -> row(it.getKey(), it.getValue(), ""))
            .toList();
    return new Section(
        "Errors",
        "Broken connections and other answers. This table should be empty.",
        null,
        new BenchReport.Figures(List.of("error", "count", ""), rows));
  }

  private static List<String> row(String what, long count, String latency) {
    return List.of(what, String.valueOf(count), latency);
  }

  /**
   * The JMeter plan sets this status message if a 503 follows the contract. Any other 503 is a
   * failure.
   */
  private static boolean isRefused(Request request) {
    return request.code().equals("503") && request.failure().equals("as the contract says");
  }

  private static boolean isAnswered(Request request) {
    return request.code().matches("\\d{3}");
  }

  private static String reason(Request request) {
    return isAnswered(request)
        ? ("answered " + request.code() + " " + request.failure()).strip()
        : "broken: " + request.code() + " " + request.failure();
  }

  private static int count(List<Request> requests, Predicate<Request> which) {
    return (int) requests.stream().filter(which).count();
  }

  private static Latency latency(List<Request> requests) {
    return Latency.ofNanos(
        requests.stream().mapToLong(it -> (it.endMs() - it.sentMs()) * NANOS_OF_MILLI).toArray());
  }
}
