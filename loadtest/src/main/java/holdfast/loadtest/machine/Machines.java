package holdfast.loadtest.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a drill does to a machine, or learns from one. Every method ends within its
 * patience, whatever the machine does.
 */
public interface Machines extends AutoCloseable {

  /**
   * Runs a command on the machine as root.
   *
   * @param input what the command reads from its standard input
   * @throws IOException if the machine can't be reached or doesn't answer in time
   */
  Output run(String machine, List<String> command, String input, Duration patience)
      throws IOException, InterruptedException;

  /** As {@link #run}, with the command's output written to a file on the controller. */
  void save(String machine, List<String> command, Path file, Duration patience)
      throws IOException, InterruptedException;

  /** Whether the machine's SSH port accepts a connection within a second. */
  boolean answers(String machine) throws InterruptedException;

  /**
   * Asks a service of the machine over HTTP.
   *
   * @param path with the leading slash
   * @param post the JSON to post; null to get
   * @throws IOException if no answer arrives in time
   */
  Output http(
      String machine, Service service, String path, @Nullable String post, Duration patience)
      throws IOException, InterruptedException;

  /**
   * Runs the controller's command that acts on the machine from outside: its plug, its cable.
   *
   * @param verb {@code off}, {@code on}, {@code cut} or {@code join}
   * @throws IOException if no such command is configured, or if the command fails
   */
  void order(String verb, String machine) throws IOException, InterruptedException;

  @Override
  void close();

  /** The services that a drill asks over HTTP. */
  enum Service {
    PATRONI,
    CORE_MANAGEMENT
  }

  /**
   * What a command or a request answered.
   *
   * @param code the exit code, or the HTTP status
   */
  record Output(int code, String text, String error) {

    /** What went wrong, in the command's or the service's own words. */
    public String complaint() {
      String said = error.isBlank() ? text : error;
      return said.isBlank() ? "exit code " + code : said.strip();
    }
  }
}
