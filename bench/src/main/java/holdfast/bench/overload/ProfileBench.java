package holdfast.bench.overload;

import holdfast.bench.client.OpenLoopClient;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends searches at rising rates. The system must refuse with 503 the searches that it can't serve.
 * No search may fail in another way.
 */
public final class ProfileBench implements Benchmark {

  private static final int WARM_UP_RATE = 15;

  /** The results of more requests would not fit into memory. */
  private static final int MOST_REQUESTS = 2_000_000;

  /**
   * Figures for result.json.
   *
   * @param kept whether nginx was allowed to give answers that it had kept
   * @param stepSeconds the duration of each rate
   */
  record Figures(boolean kept, int stepSeconds, List<RateStep> steps) {}

  /**
   * The options.
   *
   * @param timeout seconds after which a request without an answer has failed
   * @param pause seconds after each rate; 0 is allowed
   */
  private record Settings(
      URI web,
      boolean kept,
      List<Integer> rates,
      int seconds,
      int warmUp,
      int pause,
      int timeout,
      Path report) {

    static Settings of(Options options) {
      Settings settings =
          new Settings(
              options.uri("web"),
              options.truth("kept"),
              options.numbers("rates"),
              options.number("duration"),
              options.number("warm_up"),
              options.numberFromZero("pause"),
              options.number("timeout"),
              Path.of(options.text("report")));
      options.refuseUnused();
      for (int rate : settings.rates()) {
        if ((long) rate * settings.seconds() > MOST_REQUESTS) {
          throw new IllegalArgumentException(
              "each rate times duration= must be at most %,d requests".formatted(MOST_REQUESTS));
        }
      }
      return settings;
    }
  }

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    Settings settings = Settings.of(options);
    List<String> headers = settings.kept() ? List.of() : List.of("Cache-Control: no-store");
    List<RateStep> steps = new ArrayList<>();
    try (OpenLoopClient client =
        new OpenLoopClient(settings.web(), headers, Duration.ofSeconds(settings.timeout()))) {
      step(client, WARM_UP_RATE, settings.warmUp());
      for (int rate : settings.rates()) {
        steps.add(step(client, rate, settings.seconds()));
        Thread.sleep(Duration.ofSeconds(settings.pause()));
      }
    }
    ProfileReport.write(settings.report(), settings.seconds(), steps);
    return findings(new Figures(settings.kept(), settings.seconds(), steps));
  }

  /** Each rate has its own sequence of letters, which is the same in each run. */
  private static RateStep step(OpenLoopClient client, int rate, int seconds)
      throws IOException, InterruptedException {
    int count = rate * seconds;
    SearchJudge searches = new SearchJudge(count, rate);
    return RateStep.of(rate, seconds, client.send(rate, count, searches::path, searches));
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
            "at %s, %d requests were sent instead of %d: the load generator had no connection left"
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
    String behind =
        "at %s: the load generator sent requests late: %s".formatted(step.name(), step.late());
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
