package holdfast.loadtest.fault;

/** A fault did not happen, did not last, or did not heal; the message says which and why. */
public final class FaultFailed extends Exception {

  private static final long serialVersionUID = 1L;

  FaultFailed(String message) {
    super(message);
  }
}
