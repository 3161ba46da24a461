package holdfast.loadtest.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Commands on the controller. */
public final class Processes {

  /** What a command may say; more of it is cut off, so that no machine fills the memory. */
  private static final int MOST_BYTES = 16 << 20;

  private static final ExecutorService READERS = Executors.newVirtualThreadPerTaskExecutor();

  private Processes() {}

  /**
   * Starts a command in a session of its own. A Ctrl-C that reaches this program would otherwise
   * end the connections with which it heals what it broke.
   */
  public static ProcessBuilder detached(List<String> command) {
    List<String> words = new ArrayList<>(List.of("setsid"));
    words.addAll(command);
    return new ProcessBuilder(words);
  }

  /**
   * Runs a command to its end.
   *
   * @throws IOException if it can't be started, or isn't over in time; it is ended then
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
    Process process = builder.start();
    try {
      CompletableFuture<String> text = reading(process.getInputStream());
      CompletableFuture<String> error = reading(process.getErrorStream());
      READERS.submit(() -> feed(process, input));
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("no answer within " + patience.toSeconds() + " s");
      }
      return new Machines.Output(process.exitValue(), text.join(), error.join());
    } finally {
      process.destroyForcibly();
    }
  }

  private static void feed(Process process, String input) {
    try (OutputStream to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The command has ended without reading everything: its exit code tells why.
    }
  }

  private static CompletableFuture<String> reading(InputStream from) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (from) {
            String text = new String(from.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            from.transferTo(OutputStream.nullOutputStream());
            return text;
          } catch (IOException e) {
            return "";
          }
        },
        READERS);
  }
}
