package holdfast.loadtest.history;

import java.util.Locale;
import java.util.Optional;

/** Read or write: the first word of the request's label in the plan ("read search"). */
public enum RequestKind {
  READ,
  WRITE,
  /** For a request that was never answered: its label is unknown. */
  UNKNOWN;

  /** The word for people, such as "read". */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty for a label that doesn't belong to the load, such as "set-up login". */
  static Optional<RequestKind> ofLabel(String label) {
    return switch (label.split(" ", 2)[0]) {
      case "read" -> Optional.of(READ);
      case "write" -> Optional.of(WRITE);
      default -> Optional.empty();
    };
  }
}
