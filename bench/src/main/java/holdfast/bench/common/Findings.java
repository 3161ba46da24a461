package holdfast.bench.common;

import java.util.List;

/**
 * What a benchmark found.
 *
 * @param figures its figures, for result.json
 * @param summary the same for people, one line each
 * @param violations what was wrong; being slow is never wrong
 */
public record Findings(Object figures, List<String> summary, List<String> violations) {

  /** Adds a violation if the number isn't zero. */
  public static void count(List<String> violations, long number, String what) {
    if (number > 0) {
      violations.add(number + " " + what);
    }
  }
}
