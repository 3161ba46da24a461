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

  /** The exit code if the benchmark shows nothing about the system. */
  public static final int NOT_MEASURED = 2;

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
      List<String> violations,
      List<String> unmeasured) {}

  private BenchmarkRunner() {}

  /**
   * Returns the exit code: 0 if everything was correct, 1 if the system broke a promise, 2 if the
   * figures show nothing.
   *
   * @throws IOException if nothing could be measured; then there is no result.json
   */
  public static int run(String name, Benchmark benchmark, List<String> words, PrintStream out)
      throws IOException {
    String started = Instant.now().toString();
    try {
      Options options = new Options(words);
      Path target = Path.of(options.text("result"));
      Findings findings = benchmark.run(options);
      List<String> violations = findings.violations();
      List<String> unmeasured = findings.unmeasured();
      Result result =
          new Result(name, started, options.all(), findings.figures(), violations, unmeasured);
      Files.writeString(target, JSON.writeValueAsString(result) + "\n");
      findings.summary().forEach(line -> out.println(name + ": " + line));
      violations.forEach(line -> out.println(name + ": WRONG: " + line));
      unmeasured.forEach(line -> out.println(name + ": NOT MEASURED: " + line));
      return exitCode(findings);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int exitCode(Findings findings) {
    if (!findings.violations().isEmpty()) {
      return WRONG;
    }
    return findings.unmeasured().isEmpty() ? 0 : NOT_MEASURED;
  }
}
