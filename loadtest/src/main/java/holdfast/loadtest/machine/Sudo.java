package holdfast.loadtest.machine;

import java.util.List;
import java.util.stream.Collectors;

/** Commands that a remote shell runs as root. */
final class Sudo {

  /** The line between the password and the command's own input. */
  private static final String INPUT_BEGINS = "input-begins";

  private Sudo() {}

  /**
   * The line for the remote shell. A user who is root already needs no sudo, and the machine may
   * lack sudo.
   *
   * <p>Nobody reads the password if the user is root, or if sudo needs none. The command would then
   * take it for its own input, and might show it in an error. So everything before {@link
   * #INPUT_BEGINS} is skipped.
   *
   * @param password whether the standard input comes from {@link #input}
   */
  static String line(List<String> command, boolean password) {
    String words = command.stream().map(Sudo::quoted).collect(Collectors.joining(" "));
    String sudo = "sudo -n";
    if (password) {
      String skip = "line=; until [ \"$line\" = %s ]; do read -r line || exit 1; done; exec %s";
      words = "sh -c " + quoted(skip.formatted(INPUT_BEGINS, words));
      sudo = "sudo -k -S -p ''";
    }
    return "if [ \"$(id -u)\" = 0 ]; then exec %1$s; else exec %2$s -- %1$s; fi"
        .formatted(words, sudo);
  }

  /** The standard input for a {@link #line} with a password. */
  static String input(String password, String input) {
    return String.join("\n", password, INPUT_BEGINS, input);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
