package holdfast.core.dialog;

import holdfast.platform.errors.Unavailable;

/** What became of the tries of one call, so that the caller learns whether it may be done. */
final class AttemptOutcomes {

  private final int most;
  private int count;
  private boolean alone = true;

  AttemptOutcomes(int most) {
    this.most = most;
  }

  /**
   * Another try broke.
   *
   * @throws Unavailable if chat refused it too often
   */
  void count(FailedAttempt broken) {
    alone &= broken.refused();
    count += broken.refused() ? 1 : 0;
    if (count >= most) {
      throw new Unavailable("the chat service can't take it at the moment");
    }
  }

  /** True if every try was refused: nothing was done. */
  boolean alone() {
    return alone;
  }
}
