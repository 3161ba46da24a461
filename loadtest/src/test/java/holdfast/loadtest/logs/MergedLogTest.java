package holdfast.loadtest.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergedLogTest {

  @TempDir Path folder;

  @Test
  void mergesTheLinesOfAllMachinesByTime() throws IOException {
    List<LogLine> lines =
        List.of(
            new LogLine(5_000_000, "app1", "core", "third"),
            new LogLine(9_000_000, "app1", "core", "last"),
            new LogLine(2_000_900, "db1", "patroni", "second"),
            new LogLine(2_000_100, "web1", "nginx", "first"));
    assertThat(written(lines))
        .containsExactly(
            "1970-01-01T00:00:02.000100Z web1 nginx first",
            "1970-01-01T00:00:02.000900Z db1 patroni second",
            "1970-01-01T00:00:05.000Z app1 core third",
            "1970-01-01T00:00:09.000Z app1 core last");
  }

  @Test
  void escapesControlCharacters() throws IOException {
    String nasty = "a\n1970-01-01T00:00:00.000Z db1 b\t\u001b[2J\u202e\r";
    assertThat(written(List.of(new LogLine(0, "web1", "nginx", nasty))))
        .containsExactly(
            "1970-01-01T00:00:00.000Z web1 nginx a\\n1970-01-01T00:00:00.000Z db1 b\\t"
                + "\\u{1b}[2J\\u{202e}\\u{d}");
  }

  @Test
  void keepsForeignLettersAndJson() throws IOException {
    String message = "{\"name\":\"Лев\"}";
    assertThat(written(List.of(new LogLine(0, "web1", "nginx", message))).getFirst())
        .endsWith(message);
  }

  private List<String> written(List<LogLine> lines) throws IOException {
    Path file = folder.resolve("merged.log");
    MergedLog.write(file, MergedLog.inOrder(lines));
    return Files.readAllLines(file);
  }
}
