package holdfast.bench;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.BenchmarkRunner;
import holdfast.bench.feed.FeedBench;
import holdfast.bench.feed.LiveBench;
import holdfast.bench.overload.DescribedBench;
import holdfast.bench.overload.ProfileBench;
import holdfast.bench.search.GrowthBench;
import holdfast.bench.search.GrowthReport;
import holdfast.bench.search.SearchBench;
import holdfast.bench.writes.DuplicatesBench;
import holdfast.bench.writes.OwnWritesBench;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Runs one benchmark, or evaluates what other tools measured for it. */
final class Main {

  private static final int NOT_MEASURED = 2;

  private static final String USAGE =
      """
      usage: java -jar bench.jar NAME OPTION=VALUE...
      Exit code: 0 everything was correct, 1 something was wrong, 2 nothing was measured.\
      """;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> words, PrintStream out, PrintStream err) {
    if (words.isEmpty()) {
      err.println(USAGE);
      return NOT_MEASURED;
    }
    try {
      String name = words.getFirst();
      return BenchmarkRunner.run(name, of(name), words.subList(1, words.size()), out);
    } catch (IOException e) {
      err.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      return NOT_MEASURED;
    }
  }

  private static Benchmark of(String name) throws IOException {
    return switch (name) {
      case "live" -> new LiveBench();
      case "feed" -> new FeedBench();
      case "search" -> new SearchBench();
      case "growth" -> new GrowthBench();
      case "growth-report" -> new GrowthReport();
      case "own-writes" -> new OwnWritesBench();
      case "duplicates" -> new DuplicatesBench();
      case "profile" -> new ProfileBench();
      case "described" -> new DescribedBench();
      default -> throw new IOException("there is no benchmark " + name);
    };
  }
}
