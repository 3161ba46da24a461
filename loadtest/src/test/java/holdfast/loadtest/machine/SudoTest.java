package holdfast.loadtest.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SudoTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Who logs in, and what sudo does for this user. */
  private enum User {
    ROOT("0", "echo there is no sudo; exit 1"),
    WITH_PASSWORD(
        "1000",
        """
        while getopts knSp: option; do
          case $option in
            n) echo a password is required; exit 1 ;;
            S) read -r password; [ "$password" = secret ] || exit 1 ;;
          esac
        done
        shift $((OPTIND - 1))
        exec "$@"
        """),
    WITHOUT_PASSWORD(
        "1000",
        """
        while getopts knSp: option; do :; done
        shift $((OPTIND - 1))
        exec "$@"
        """);

    private final String id;
    private final String sudo;

    User(String id, String sudo) {
      this.id = id;
      this.sudo = sudo;
    }
  }

  @TempDir Path bin;

  private String run(User user, String line, String input) throws Exception {
    script("id", "echo " + user.id);
    script("sudo", user.sudo);
    String path = "PATH=" + bin + ":" + System.getenv("PATH");
    Machines.Output output = Processes.run(List.of("env", path, "sh", "-c", line), input, PATIENCE);
    return output.text() + output.error();
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @ParameterizedTest
  @EnumSource
  void theCommandGetsItsInputAndNotThePassword(User user) throws Exception {
    String line = Sudo.line(List.of("cat"), true);
    assertThat(run(user, line, Sudo.input("secret", "the\ninput"))).isEqualTo("the\ninput");
    assertThat(run(user, line, Sudo.input("secret", ""))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void everyWordReachesTheCommandWhole(User user) throws Exception {
    List<String> command = List.of("printf", "%s|", "it's", "a b", "$HOME \"x\"", "");
    String words = "it's|a b|$HOME \"x\"||";
    assertThat(run(user, Sudo.line(command, true), Sudo.input("secret", ""))).isEqualTo(words);
    if (user != User.WITH_PASSWORD) {
      assertThat(run(user, Sudo.line(command, false), "")).isEqualTo(words);
    }
  }

  @Test
  void withoutAPasswordSudoDoesNotAskForOne() throws Exception {
    assertThat(run(User.WITH_PASSWORD, Sudo.line(List.of("cat"), false), "the input"))
        .isEqualTo("a password is required\n");
  }
}
