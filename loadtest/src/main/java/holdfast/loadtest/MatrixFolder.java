package holdfast.loadtest;

import holdfast.loadtest.report.Matrix;
import holdfast.loadtest.report.MatrixReport;
import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads many run folders and writes index.html and matrix.json. */
final class MatrixFolder {

  /** One drill in matrix.json. The figures are null if the run has no result. */
  private record Entry(
      String name,
      String component,
      String fault,
      Result.Outcome verdict,
      @Nullable Long readsFailed,
      @Nullable Long writesFailed,
      @Nullable Long lost,
      @Nullable Long duplicated,
      @Nullable Long gapReadsMs,
      @Nullable Long gapWritesMs,
      @Nullable String report) {

    static Entry of(Matrix.Row row) {
      Result result = row.result();
      return result == null
          ? new Entry(
              row.name(),
              row.component(),
              row.fault(),
              row.verdict(),
              null,
              null,
              null,
              null,
              null,
              null,
              row.report())
          : new Entry(
              row.name(),
              row.component(),
              row.fault(),
              row.verdict(),
              result.reads().failed(),
              result.writes().failed(),
              result.writes().lost(),
              result.writes().duplicated(),
              result.unavailableMs().reads(),
              result.unavailableMs().writes(),
              row.report());
    }
  }

  private MatrixFolder() {}

  static Matrix write(Path folder, List<Path> runs) throws IOException {
    Matrix matrix = new Matrix(runs.stream().map(run -> row(folder, run)).toList());
    Files.createDirectories(folder);
    Json.write(folder.resolve("matrix.json"), matrix.rows().stream().map(Entry::of).toList());
    MatrixReport.write(folder.resolve("index.html"), matrix);
    return matrix;
  }

  private static Matrix.Row row(Path folder, Path run) {
    List<String> problems = new ArrayList<>();
    Result result = result(run.resolve("result.json"), problems);
    Drill drill = drill(run, problems);
    Path report = run.resolve("report.html");
    return new Matrix.Row(
        drill.name(),
        drill.component(),
        drill.fault(),
        Files.exists(report) ? link(folder, report) : null,
        drill.expected().promised(),
        result,
        problems);
  }

  private static @Nullable Result result(Path file, List<String> problems) {
    try {
      return Json.result(file);
    } catch (NoSuchFileException e) {
      problems.add("the run left no result");
    } catch (IOException e) {
      problems.add("result.json can't be read: " + e.getMessage());
    }
    return null;
  }

  /** If drill.json can't be read, the run is named after its folder. */
  private static Drill drill(Path run, List<String> problems) {
    try {
      return Json.drill(run.resolve("drill.json"));
    } catch (NoSuchFileException e) {
      problems.add("drill.json is missing");
    } catch (IOException e) {
      problems.add("drill.json can't be read: " + e.getMessage());
    }
    String name = String.valueOf(run.toAbsolutePath().normalize().getFileName());
    return new Drill(name, "", "", "", Drill.UNKNOWN.expected());
  }

  /**
   * The link is relative, so that the folders can be moved together. It starts with "./": otherwise
   * a browser would take a name with a colon for a URL scheme.
   */
  private static String link(Path folder, Path report) {
    Path from = folder.toAbsolutePath().normalize();
    String path = from.relativize(report.toAbsolutePath().normalize()).toString();
    try {
      return new URI(null, null, path.startsWith("..") ? path : "./" + path, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
