package holdfast.loadtest.logs;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the output of {@code journalctl -o json} for one machine. */
public final class JournalReader {

  private static final JsonMapper JSON = new JsonMapper();

  private JournalReader() {}

  /**
   * @throws IOException if a line is broken; the message names the line
   */
  public static List<LogLine> read(String machine, Path file) throws IOException {
    List<LogLine> lines = new ArrayList<>();
    int number = 0;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          lines.add(line(machine, JSON.readTree(line)));
        }
      }
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException("line " + number + " is not a journal entry", e);
    }
    return lines;
  }

  private static LogLine line(String machine, JsonNode entry) {
    long micros = Long.parseLong(entry.path("__REALTIME_TIMESTAMP").asString(""));
    return new LogLine(micros, machine, unit(entry), message(entry.path("MESSAGE")));
  }

  private static String unit(JsonNode entry) {
    String unit = entry.path("_SYSTEMD_UNIT").asString("");
    return unit.isEmpty()
        ? entry.path("SYSLOG_IDENTIFIER").asString("-")
        : unit.replaceFirst("\\.service$", "");
  }

  /** journald writes a message that isn't plain text as an array of bytes. */
  private static String message(JsonNode message) {
    if (!message.isArray()) {
      return message.asString("");
    }
    byte[] bytes = new byte[message.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) message.get(i).asInt();
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
