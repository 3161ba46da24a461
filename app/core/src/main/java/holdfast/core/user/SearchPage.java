package holdfast.core.user;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.UUID;

/**
 * Users in the order of their ids.
 *
 * @param json one user per line, as the table stores them: {@code {"id":"…",…},}
 * @param full true if there may be more users
 * @param version the version of the users with the searched initials, as the page shows them
 */
record SearchPage(int users, byte[] json, boolean full, UUID version) {

  private static final int ID_AT = "{\"id\":\"".length();
  private static final int ID_LENGTH = 36;

  /** The id of the last user. The next page begins after it. */
  UUID last() {
    int line = json.length;
    while (line > 0 && json[line - 1] != '\n') {
      line--;
    }
    return UUID.fromString(new String(json, line + ID_AT, ID_LENGTH, US_ASCII));
  }
}
