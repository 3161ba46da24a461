package holdfast.loadtest.engine;

import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes verdicts and reports from the folders of runs. */
public interface Judge {

  /** Judges a run, and writes the result and the report into its folder. */
  Result.Outcome judge(Path folder) throws IOException;

  /** Writes an overview of several runs into {@code folder}. */
  void sumUp(Path folder, List<Path> runs) throws IOException;
}
