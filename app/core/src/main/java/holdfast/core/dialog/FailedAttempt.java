package holdfast.core.dialog;

import java.io.IOException;

/** What came back was not the chat service's word on the request: another try may bring it. */
final class FailedAttempt extends IOException {

  static final String SILENT = "silent";
  static final String REFUSED = "refused";

  private final String kind;

  /**
   * @param kind what its metric is called by
   */
  FailedAttempt(String kind, String message) {
    super(message);
    this.kind = kind;
  }

  String kind() {
    return kind;
  }

  /** True if chat itself said that it did nothing. */
  boolean refused() {
    return kind.equals(REFUSED);
  }

  /** True if nothing came back in time. */
  boolean silent() {
    return kind.equals(SILENT);
  }
}
