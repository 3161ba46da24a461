package holdfast.loadtest.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void returnsTheOutputAndTheExitCode() throws Exception {
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
  @Timeout(60)
  void endsAChildThatKeepsTheOutputOpen(@TempDir Path folder) throws Exception {
    Path child = folder.resolve("child");
    // The last sleep lets the command run until its output is read for the first time. Otherwise
    // Java itself would close the output.
    List<String> command = List.of("sh", "-c", "sleep 60 & echo $! >" + child + "; sleep 1");
    assertThatThrownBy(() -> Processes.run(command, "", Duration.ofSeconds(4)))
        .isInstanceOf(IOException.class)
        .hasMessage("the command ended, but a child kept its output open for 4 s");
    Path status = Path.of("/proc", Files.readString(child).strip(), "stat");
    while (runs(status)) {
      Thread.sleep(100);
    }
  }

  private static boolean runs(Path status) {
    try {
      return !Files.readString(status).contains(") Z ");
    } catch (IOException e) {
      return false; // the process is gone
    }
  }

  @Test
  @Timeout(60)
  void canBeInterruptedWhileAChildKeepsTheOutputOpen() {
    CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS)
        .execute(Thread.currentThread()::interrupt);
    List<String> command = List.of("sh", "-c", "sleep 20 & sleep 1");
    assertThatThrownBy(() -> Processes.run(command, "", PATIENCE))
        .isInstanceOf(InterruptedException.class);
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
