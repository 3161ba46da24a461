package holdfast.loadtest.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a drill does to a machine or asks a machine. A method with the parameter {@code
 * patience} ends within that time, even if the machine hangs or loses its power meanwhile.
 */
public interface Machines extends AutoCloseable {

  /**
   * Runs a command on the machine as root.
   *
   * @param input the command's standard input
   * @throws IOException if the machine can't be reached, or the command doesn't end in time
   */
  Output run(String machine, List<String> command, String input, Duration patience)
      throws IOException, InterruptedException;

  /**
   * Runs a command as {@link #run} does, and writes its output to a file on the controller.
   *
   * @throws IOException also if the command fails
   */
  void save(String machine, List<String> command, Path file, Duration patience)
      throws IOException, InterruptedException;

  /** Whether the machine's SSH port accepts a connection within a second. */
  boolean answers(String machine) throws InterruptedException;

  /**
   * Sends an HTTP request to a service of the machine.
   *
   * @param path the path, with the leading slash
   * @param post the JSON to send with POST; null for a GET
   * @throws IOException if the whole answer doesn't arrive in time, or is too large
   */
  Output http(
      String machine, Service service, String path, @Nullable String post, Duration patience)
      throws IOException, InterruptedException;

  /**
   * Runs the controller's command that switches the machine's power or network off or on.
   *
   * @param verb {@code off}, {@code on}, {@code cut} or {@code join}
   * @throws IOException if no such command is configured, or if the command fails
   */
  void order(String verb, String machine) throws IOException, InterruptedException;

  @Override
  void close();

  /** The services to which a drill sends HTTP requests. */
  enum Service {
    PATRONI,
    CORE_MANAGEMENT
  }

  /**
   * The outcome of a command or of a request.
   *
   * @param code the exit code, or the HTTP status
   * @param text the standard output, or the body
   * @param error the standard error; empty for a request
   */
  record Output(int code, String text, String error) {

    /** The error message of the command or of the service. */
    public String complaint() {
      String said = error.isBlank() ? text : error;
      return said.isBlank() ? "exit code " + code : said.strip();
    }
  }
}
