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
 * The load plan of the system's description, sent by JMeter: many threads in a closed loop. Each
 * search must get a good answer or the contract's 503, and no connection may break.
 */
public final class DescribedBench implements Benchmark {

  private static final long NANOS_OF_MILLI = 1_000_000;

  /**
   * Figures for result.json.
   *
   * @param good how many searches got a good answer
   * @param goodPerSecond the same per second
   * @param goodLatency of good answers, from the send time
   * @param refused how many were refused with the contract's 503
   * @param broken how many connections broke, or gave no answer in time
   * @param otherAnswers how many other answers there were
   * @param reasons how many broken connections and other answers there were of each sort
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
    if (figures.good() == 0) {
      violations.add("no search got a good answer");
    }
    write(report, seconds, figures);
    return new Findings(figures, summary(figures), violations);
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
    List<List<String>> rows =
        List.of(
            row("good", figures.good(), figures.goodLatency().toString()),
            row(
                "refused with the contract's 503",
                figures.refused(),
                figures.refusedLatency().toString()),
            row("connections broken", figures.broken(), ""),
            row("other answers", figures.otherAnswers(), ""));
    List<List<String>> reasons =
        figures.reasons().entrySet().stream()
            .map(it -> row(it.getKey(), it.getValue(), ""))
            .toList();
    BenchReport.write(
        file,
        "The described plan",
        about,
        List.of(
            new Section(
                "Answers",
                "%d requests; %.1f good answers per second."
                    .formatted(figures.sent(), figures.goodPerSecond()),
                null,
                new BenchReport.Figures(List.of("answer", "count", "latency from sending"), rows)),
            new Section(
                "Errors",
                "Counted by status, or by what broke. The table should be empty.",
                null,
                new BenchReport.Figures(List.of("error", "count", ""), reasons))));
  }

  private static List<String> row(String what, long count, String latency) {
    return List.of(what, String.valueOf(count), latency);
  }

  /** The plan writes this text in place of the status message. Any other 503 is a failure. */
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
