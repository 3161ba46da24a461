package holdfast.loadtest.engine;

import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Turns what was recorded into verdicts and pages. */
public interface Judge {

  /** Judges a run's folder and leaves its result and its report there. */
  Result.Outcome judge(Path folder) throws IOException;

  /** Sums up several runs on one page in {@code folder}. */
  void sumUp(Path folder, List<Path> runs) throws IOException;
}
