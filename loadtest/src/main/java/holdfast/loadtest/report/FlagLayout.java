package holdfast.loadtest.report;

/** Moves marks that would cover each other, each only as far as it must. */
final class FlagLayout {

  private FlagLayout() {}

  /**
   * Moves marks to the right where they would cover each other, then back from the right edge.
   *
   * @param wanted the places of the marks, in rising order
   * @param apart the least distance between two marks
   * @param right the last place
   */
  static double[] place(double[] wanted, double apart, double right) {
    double[] places = wanted.clone();
    for (int i = 1; i < places.length; i++) {
      places[i] = Math.max(places[i], places[i - 1] + apart);
    }
    for (int i = places.length - 1; i >= 0; i--) {
      double limit = i + 1 < places.length ? places[i + 1] - apart : right;
      places[i] = Math.min(places[i], limit);
    }
    return places;
  }
}
