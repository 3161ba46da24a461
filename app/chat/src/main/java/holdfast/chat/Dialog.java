package holdfast.chat;

import java.util.List;
import java.util.UUID;

/** The two users of a dialog, in PostgreSQL's order, whichever of them asks. */
record Dialog(UUID low, UUID high) {

  static Dialog of(UUID one, UUID other) {
    // Not by UUID.compareTo: it takes the halves for signed numbers.
    return one.toString().compareTo(other.toString()) < 0
        ? new Dialog(one, other)
        : new Dialog(other, one);
  }

  /** What the log's position after a message is kept under: both users' reads ask for it. */
  List<String> marks() {
    return List.of("dialog:" + low + ":" + high);
  }
}
