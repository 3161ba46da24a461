package holdfast.loadtest.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalReaderTest {

  @TempDir Path folder;

  @Test
  void readsTextAndBytesAndNamesTheUnit() throws IOException {
    Path file =
        file(
            """
            {"__REALTIME_TIMESTAMP":"1000001","_SYSTEMD_UNIT":"core.service","MESSAGE":"Лев"}
            {"__REALTIME_TIMESTAMP":"1000002","SYSLOG_IDENTIFIER":"nginx","MESSAGE":[208,155,27]}
            {"__REALTIME_TIMESTAMP":"1000003","MESSAGE":null}
            """);
    assertThat(JournalReader.read("app1", file))
        .containsExactly(
            new LogLine(1_000_001, "app1", "core", "Лев"),
            new LogLine(1_000_002, "app1", "nginx", "Л\u001b"),
            new LogLine(1_000_003, "app1", "-", ""));
  }

  @Test
  void saysWhichLineIsBroken() throws IOException {
    Path file = file("{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"a\"}\n{\"__REALTIME_TIMES");
    assertThatThrownBy(() -> JournalReader.read("app1", file))
        .hasMessage("line 2 is not a journal entry");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("app1.jsonl"), content);
  }
}
