package holdfast.bench;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.BenchmarkRunner;
import holdfast.bench.feed.FeedBench;
import holdfast.bench.feed.LiveBench;
import holdfast.bench.overload.DescribedBench;
import holdfast.bench.overload.ProfileBench;
import holdfast.bench.registrations.RegistrationsBench;
import holdfast.bench.registrations.RegistrationsReport;
import holdfast.bench.search.GrowthBench;
import holdfast.bench.search.GrowthReport;
import holdfast.bench.search.SearchBench;
import holdfast.bench.search.SearchTurnBench;
import holdfast.bench.writes.DuplicatesBench;
import holdfast.bench.writes.OwnWritesBench;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Runs one benchmark, or evaluates what other tools have measured. */
final class Main {

  private static final Map<String, Supplier<Benchmark>> BENCHMARKS =
      Map.ofEntries(
          Map.entry("live", LiveBench::new),
          Map.entry("feed", FeedBench::new),
          Map.entry("search", SearchBench::new),
          Map.entry("search-turn", SearchTurnBench::new),
          Map.entry("growth", GrowthBench::new),
          Map.entry("growth-report", GrowthReport::new),
          Map.entry("registrations", RegistrationsBench::new),
          Map.entry("registrations-report", RegistrationsReport::new),
          Map.entry("own-writes", OwnWritesBench::new),
          Map.entry("duplicates", DuplicatesBench::new),
          Map.entry("profile", ProfileBench::new),
          Map.entry("described", DescribedBench::new));

  private static final String NAMES = String.join(", ", new TreeSet<>(BENCHMARKS.keySet()));

  private static final String USAGE =
      """
      usage: java -jar bench.jar NAME OPTION=VALUE...
      NAME is one of: %s.
      Exit code: 0 everything was correct, 1 the system broke a promise, 2 too little was measured to know.\
      """
          .formatted(NAMES);

  private Main() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // reports and messages have a decimal point on every host
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> words, PrintStream out, PrintStream err) {
    if (words.isEmpty()) {
      err.println(USAGE);
      return BenchmarkRunner.NOT_MEASURED;
    }
    try {
      String name = words.getFirst();
      return BenchmarkRunner.run(name, of(name), words.subList(1, words.size()), out);
    } catch (IOException | RuntimeException e) {
      // An uncaught exception would end the JVM with 1, the exit code of a broken promise.
      err.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      return BenchmarkRunner.NOT_MEASURED;
    }
  }

  private static Benchmark of(String name) throws IOException {
    Supplier<Benchmark> benchmark = BENCHMARKS.get(name);
    if (benchmark == null) {
      throw new IOException("there is no benchmark " + name + "; there are: " + NAMES);
    }
    return benchmark.get();
  }
}
