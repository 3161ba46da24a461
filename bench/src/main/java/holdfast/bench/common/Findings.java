package holdfast.bench.common;

import java.util.List;

/**
 * The findings of a benchmark.
 *
 * @param figures the figures for result.json
 * @param summary the same figures for people, one line each
 * @param violations the promises that the system broke; slowness is never a violation
 * @param unmeasured the reasons why the figures show nothing, or only a part
 */
public record Findings(
    Object figures, List<String> summary, List<String> violations, List<String> unmeasured) {

  /** The findings of a benchmark that measured everything. */
  public Findings(Object figures, List<String> summary, List<String> violations) {
    this(figures, summary, violations, List.of());
  }

  /** Adds a violation if the number isn't zero. */
  public static void count(List<String> violations, long number, String what) {
    if (number > 0) {
      violations.add(number + " " + what);
    }
  }
}
