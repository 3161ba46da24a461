package holdfast.bench.common;

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

/** Runs a benchmark, writes its result.json and prints its summary. */
public final class BenchmarkRunner {

  private static final int WRONG = 1;
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

  private BenchmarkRunner() {}

  /**
   * Returns the exit code: 0, or 1 if the benchmark found something wrong.
   *
   * @throws IOException if nothing could be measured
   */
  public static int run(String name, Benchmark benchmark, List<String> words, PrintStream out)
      throws IOException {
    String started = Instant.now().toString();
    try {
      Options options = new Options(words);
      Path target = Path.of(options.text("result"));
      Findings findings = benchmark.run(options);
      List<String> violations = findings.violations();
      Result result = new Result(name, started, options.all(), findings.figures(), violations);
      Files.writeString(target, JSON.writeValueAsString(result) + "\n");
      findings.summary().forEach(line -> out.println(name + ": " + line));
      violations.forEach(line -> out.println(name + ": WRONG: " + line));
      return violations.isEmpty() ? 0 : WRONG;
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
