package holdfast.loadtest;

import holdfast.loadtest.verdict.Expectations;

/**
 * A drill as the run's {@code drill.json} describes it.
 *
 * @param component the component with the fault; empty if the drill doesn't name it
 * @param fault the fault in words; empty if the drill doesn't name it
 * @param promise the promise in words
 */
record Drill(String name, String component, String fault, String promise, Expectations expected) {

  static final Drill UNKNOWN = new Drill("unknown", "", "", "", Expectations.NONE);
}
