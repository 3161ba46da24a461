package holdfast.loadtest.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs commands on the controller. */
public final class Processes {

  /** Output beyond this size is dropped. Otherwise a machine could fill the program's memory. */
  private static final int MOST_BYTES = 16 << 20;

  /** The session is the fourth field after a process's name in {@code /proc/PID/stat}. */
  private static final int SESSION = 3;

  private static final ExecutorService READERS = Executors.newVirtualThreadPerTaskExecutor();

  private Processes() {}

  /**
   * Starts a command in a session of its own. A Ctrl-C that reaches this program would otherwise
   * also end the SSH connections with which it heals.
   */
  public static ProcessBuilder detached(List<String> command) {
    List<String> words = new ArrayList<>(List.of("setsid"));
    words.addAll(command);
    return new ProcessBuilder(words);
  }

  /**
   * Runs a command to its end. If the time is over, or the calling thread is interrupted, the
   * command and its children are killed.
   *
   * @throws IOException if the command can't be started, or doesn't end in time, or leaves a child
   *     that keeps its output open
   */
  public static Machines.Output run(List<String> command, String input, Duration patience)
      throws IOException, InterruptedException {
    return run(command, input, null, patience);
  }

  static Machines.Output run(
      List<String> command, String input, @Nullable Path output, Duration patience)
      throws IOException, InterruptedException {
    ProcessBuilder builder = detached(command);
    if (output != null) {
      builder.redirectOutput(output.toFile());
    }
    long endNanos = System.nanoTime() + patience.toNanos();
    Process process = builder.start();
    boolean ended = false;
    try {
      Future<String> text = READERS.submit(() -> read(process.getInputStream()));
      Future<String> error = READERS.submit(() -> read(process.getErrorStream()));
      READERS.submit(() -> feed(process, input));
      if (!process.waitFor(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new IOException("no answer within " + patience.toSeconds() + " s");
      }
      Machines.Output said =
          new Machines.Output(
              process.exitValue(),
              text.get(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS),
              error.get(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS));
      ended = true;
      return said;
    } catch (TimeoutException e) {
      throw new IOException(
          "the command ended, but a child kept its output open for %d s"
              .formatted(patience.toSeconds()));
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      if (!ended) {
        killSession(process);
      }
    }
  }

  private static void feed(Process process, String input) {
    try (OutputStream to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The command ended before it read everything. Its exit code tells why.
    }
  }

  private static String read(InputStream from) {
    try (from) {
      String text = new String(from.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
      from.transferTo(OutputStream.nullOutputStream());
      return text;
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * {@code setsid} makes the command's process a session leader, so the session has the process's
   * id.
   */
  private static void killSession(Process process) {
    process.toHandle().destroyForcibly(); // the command may not have its session yet
    ProcessHandle.allProcesses()
        .filter(other -> session(other.pid()).equals(String.valueOf(process.pid())))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static String session(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[SESSION];
    } catch (IOException | IndexOutOfBoundsException e) {
      return ""; // the process has ended meanwhile
    }
  }
}
