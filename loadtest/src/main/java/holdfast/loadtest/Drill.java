package holdfast.loadtest;

import holdfast.loadtest.verdict.Expectations;

/**
 * The drill as it stands in {@code drills/}.
 *
 * @param component what the fault befalls; empty when the drill doesn't say
 * @param fault what happens to it, in words; empty when the drill doesn't say
 * @param promise in words
 */
record Drill(String name, String component, String fault, String promise, Expectations expected) {

  static final Drill UNKNOWN = new Drill("unknown", "", "", "", Expectations.NONE);
}
