package holdfast.loadtest.engine;

/** A drill can't begin, and no machine was touched. The message says what to mend. */
final class Refused extends Exception {

  private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(message);
  }
}
