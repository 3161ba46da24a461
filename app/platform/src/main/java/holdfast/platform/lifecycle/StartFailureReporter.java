package holdfast.platform.lifecycle;

import holdfast.platform.errors.OneLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Logs in one line why the service can't start. */
final class StartFailureReporter implements FailureAnalysisReporter {

  private static final Logger log = LoggerFactory.getLogger(StartFailureReporter.class);

  @Override
  public void report(FailureAnalysis analysis) {
    String action = analysis.getAction() == null ? "" : " " + analysis.getAction();
    log.error("can't start: {}", OneLine.of(analysis.getDescription() + action));
  }
}
