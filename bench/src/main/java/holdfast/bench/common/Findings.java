package holdfast.bench.common;

import java.util.List;

/**
 * What a benchmark found.
 *
 * @param figures its figures, for result.json
 * @param summary the same for people, a line each
 * @param violations what must not be and was; speed is none
 */
public record Findings(Object figures, List<String> summary, List<String> violations) {

  /** One more violation, unless there was none of it. */
  public static void count(List<String> violations, long number, String what) {
    if (number > 0) {
      violations.add(number + " " + what);
    }
  }
}
