package holdfast.core.dialog;

import java.io.IOException;

/** The attempt got no valid answer from the chat service. Another attempt may get one. */
final class FailedAttempt extends IOException {

  static final String SILENT = "silent";
  static final String REFUSED = "refused";

  private final String kind;

  /**
   * @param kind the label of the metric
   */
  FailedAttempt(String kind, String message) {
    super(message);
    this.kind = kind;
  }

  String kind() {
    return kind;
  }

  /** True if the chat service refused the request and did nothing. */
  boolean refused() {
    return kind.equals(REFUSED);
  }

  /** True if the attempt timed out. */
  boolean silent() {
    return kind.equals(SILENT);
  }
}
