package holdfast.loadtest.report;

import holdfast.loadtest.verdict.Result;
import java.util.Locale;

/** An outcome as reports show it: a word, a style, and a sign that needs no colour. */
record OutcomeView(Result.Outcome outcome) {

  String word() {
    String name = outcome.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  String look() {
    return outcome == Result.Outcome.FAILED
        ? "failed-run"
        : outcome.name().toLowerCase(Locale.ROOT);
  }

  boolean isPassed() {
    return outcome == Result.Outcome.PASSED;
  }

  boolean isFailed() {
    return outcome == Result.Outcome.FAILED;
  }

  boolean isInvalid() {
    return outcome == Result.Outcome.INVALID;
  }
}
