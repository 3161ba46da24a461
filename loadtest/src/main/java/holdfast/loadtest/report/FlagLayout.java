package holdfast.loadtest.report;

/** Moves marks aside that would cover each other, each as little as possible. */
final class FlagLayout {

  private FlagLayout() {}

  /** The wanted places must rise. Marks are pushed to the right, then back from the right edge. */
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
