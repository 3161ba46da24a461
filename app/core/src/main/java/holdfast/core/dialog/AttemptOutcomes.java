package holdfast.core.dialog;

import holdfast.platform.errors.Unavailable;

/**
 * The outcomes of all attempts of one call. They decide whether the client is told that the work
 * may have been done.
 */
final class AttemptOutcomes {

  private final int most;
  private int count;
  private boolean onlyRefusals = true;

  AttemptOutcomes(int most) {
    this.most = most;
  }

  /**
   * Counts another failed attempt.
   *
   * @throws Unavailable if chat has refused the call too often
   */
  void count(FailedAttempt broken) {
    onlyRefusals &= broken.refused();
    count += broken.refused() ? 1 : 0;
    if (count >= most) {
      throw new Unavailable("the chat service can't take it at the moment");
    }
  }

  /** True if chat refused every attempt, so that nothing was done. */
  boolean onlyRefusals() {
    return onlyRefusals;
  }
}
