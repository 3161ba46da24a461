package holdfast.chat;

import java.util.UUID;

/** The two users of a dialog, in PostgreSQL's order, whichever of them asks. */
record Dialog(UUID low, UUID high) {

  static Dialog of(UUID one, UUID other) {
    // Not by UUID.compareTo: it takes the halves for signed numbers.
    return one.toString().compareTo(other.toString()) < 0
        ? new Dialog(one, other)
        : new Dialog(other, one);
  }
}
