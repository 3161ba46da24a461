package holdfast.loadtest.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Runs a benchmark and leaves its result. */
public final class Bench {

  private static final int VIOLATED = 1;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** The content of result.json. */
  private record Result(
      String bench,
      String started,
      Map<String, String> options,
      Object figures,
      List<String> violations) {}

  private Bench() {}

  /** Exit code 0, or 1 if something was wrong that may not be; IOException if nothing was found. */
  public static int run(String name, List<String> words, PrintStream out) throws IOException {
    String started = Instant.now().toString();
    try {
      Options options = new Options(words);
      Path target = Path.of(options.text("result"));
      Findings findings = of(name).run(options);
      Object figures = findings.figures();
      List<String> violations = findings.violations();
      Result result = new Result(name, started, options.all(), figures, violations);
      Files.writeString(target, JSON.writeValueAsString(result) + "\n");
      findings.summary().forEach(line -> out.println(name + ": " + line));
      violations.forEach(line -> out.println(name + ": WRONG: " + line));
      return violations.isEmpty() ? 0 : VIOLATED;
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Benchmark of(String name) {
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
      default -> throw new IllegalArgumentException("there is no benchmark " + name);
    };
  }
}
