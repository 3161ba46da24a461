package holdfast.loadtest.engine;

/** A drill is not begun; the message says what to mend. Nothing has been touched. */
final class Refused extends Exception {

  private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(message);
  }
}
