package holdfast.chat;

import java.util.List;
import java.util.UUID;

/**
 * The two users of a dialog, in PostgreSQL's order. The order doesn't depend on which of them asks.
 */
record Dialog(UUID low, UUID high) {

  static Dialog of(UUID one, UUID other) {
    // UUID.compareTo compares the halves as signed numbers, which isn't PostgreSQL's order.
    return one.toString().compareTo(other.toString()) < 0
        ? new Dialog(one, other)
        : new Dialog(other, one);
  }

  /** The key of the dialog's write mark. The reads of both users name this mark. */
  List<String> marks() {
    return List.of("dialog:" + low + ":" + high);
  }
}
