package holdfast.loadtest.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void givesWhatACommandSaysAndItsExitCode() throws Exception {
    Machines.Output output =
        Processes.run(List.of("sh", "-c", "cat; echo no >&2; exit 3"), "in", PATIENCE);
    assertThat(output).isEqualTo(new Machines.Output(3, "in", "no\n"));
    assertThat(output.complaint()).isEqualTo("no");
  }

  @Test
  void endsACommandThatTakesTooLong() {
    long beganMs = System.currentTimeMillis();
    assertThatThrownBy(
            () -> Processes.run(List.of("sleep", "60"), "x".repeat(1 << 20), Duration.ofMillis(50)))
        .hasMessageStartingWith("no answer within");
    assertThat(System.currentTimeMillis() - beganMs).isLessThan(30_000);
  }

  @Test
  void runsACommandInASessionThatCtrlCDoesNotReach() throws Exception {
    String own = Processes.run(List.of("sh", "-c", "ps -o sid= -p $$"), "", PATIENCE).text();
    long ours = ProcessHandle.current().pid();
    String session =
        new String(
            new ProcessBuilder("ps", "-o", "sid=", "-p", String.valueOf(ours))
                .start()
                .getInputStream()
                .readAllBytes());
    assertThat(own.strip()).isNotEmpty().isNotEqualTo(session.strip());
  }
}
