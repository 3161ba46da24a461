package holdfast.core.dialog;

import java.io.IOException;

/** What came back was not the chat service's word on the request: another try may bring it. */
final class BrokenTry extends IOException {

  static final String SILENT = "silent";

  private final String kind;

  /**
   * @param kind what its metric is called by
   */
  BrokenTry(String kind, String message) {
    super(message);
    this.kind = kind;
  }

  String kind() {
    return kind;
  }

  /** True if nothing came back in time. */
  boolean silent() {
    return kind.equals(SILENT);
  }
}
