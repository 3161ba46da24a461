package holdfast.loadtest.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SshMachinesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A user who isn't root, with a sudo that takes a password or none. */
  private static final String OTHER =
      """
      id() { echo 1000; }
      sudo() { [ "$1" = -k ] && { read -r got; shift 5; }; [ "$1" = -n ] && shift 2; "$@"; echo "$got"; }
      """;

  private static String run(String shell, String input) throws Exception {
    // A function can't be what exec runs.
    String line = shell.replace("exec sudo", "sudo");
    return Processes.run(List.of("sh", "-c", line), input, PATIENCE).text();
  }

  @Test
  void carriesEveryWordWholeToRootAndToOthers() throws Exception {
    List<String> command = List.of("printf", "%s|", "it's", "a b", "$HOME \"x\"", "");
    for (String user : List.of("id() { echo 0; }\n", OTHER)) {
      assertThat(run(user + SshMachines.asRoot(command, false), ""))
          .startsWith("it's|a b|$HOME \"x\"||");
    }
  }

  @Test
  void takesThePasswordOffTheInput() throws Exception {
    String command = SshMachines.asRoot(List.of("cat"), true);
    assertThat(run("id() { echo 0; }\n" + command, "secret\nthe input")).isEqualTo("the input");
    assertThat(run(OTHER + command, "secret\nthe input")).isEqualTo("the inputsecret\n");
  }

  @Test
  void knowsWhetherAMachineAnswersAndSaysWhichCanNotBeReached() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      MachineAccess access =
          new MachineAccess("127.0.0.1", silent.getLocalPort(), null, null, List.of(), null);
      try (SshMachines machines = new SshMachines(Map.of("web1", access), Map.of(), Map.of())) {
        assertThat(machines.answers("web1")).isTrue();
        silent.close();
        assertThat(machines.answers("web1")).isFalse();
        assertThatThrownBy(() -> machines.run("web1", List.of("true"), "", PATIENCE))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("web1");
        assertThatThrownBy(() -> machines.order("off", "web1"))
            .hasMessage("drill_machine_commands has no command off");
      }
    }
  }
}
