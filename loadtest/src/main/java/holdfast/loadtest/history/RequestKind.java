package holdfast.loadtest.history;

import java.util.Locale;
import java.util.Optional;

/** What a request is for: the first word of its label in the plan ("read search"). */
public enum RequestKind {
  READ,
  WRITE,
  /** Never answered: such a request left no label. */
  UNKNOWN;

  /** For people: "read". */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty for labels that are not part of the load, such as the warm-up. */
  static Optional<RequestKind> ofLabel(String label) {
    return switch (label.split(" ", 2)[0]) {
      case "read" -> Optional.of(READ);
      case "write" -> Optional.of(WRITE);
      default -> Optional.empty();
    };
  }
}
