package holdfast.loadtest.bench;

import java.util.List;

/**
 * What a benchmark found.
 *
 * @param figures its figures, for result.json
 * @param summary the same for people, a line each
 * @param violations what must not be and was; speed is none
 */
record Findings(Object figures, List<String> summary, List<String> violations) {

  /** One more violation, unless there was none of it. */
  static void count(List<String> violations, long number, String what) {
    if (number > 0) {
      violations.add(number + " " + what);
    }
  }
}
