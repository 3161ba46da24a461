package holdfast.loadtest.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * The file that says what is going to be broken. It is written before the load starts, and removed
 * when all is healed. So if a drill is interrupted, the next drill knows what to heal and which
 * load to end.
 */
record InjectedNote(Path file) {

  /**
   * @param folder the run's folder
   * @param startedMs when the run's load begins, in milliseconds since 1970
   */
  record Content(List<Step> steps, String folder, long startedMs) {}

  /**
   * @throws IOException if it can't be written; then nothing may be injected
   */
  void write(Content content) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(beside, SnakeCase.MAPPER.writeValueAsString(content) + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IOException(
          "%s can't be written, so nothing is broken: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * @return the content; empty if there is no file
   * @throws IOException if it can't be read
   */
  Optional<Content> read() throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(SnakeCase.MAPPER.readValue(Files.readString(file), Content.class));
    } catch (JacksonException e) {
      throw new IOException(
          "%s can't be read (%s). If all machines and services run, remove it"
              .formatted(file, e.getOriginalMessage()));
    }
  }

  void remove() throws IOException {
    Files.deleteIfExists(file);
  }
}
