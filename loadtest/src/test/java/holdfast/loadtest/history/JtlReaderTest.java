package holdfast.loadtest.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JtlReaderTest {

  private static final String HEAD =
      "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,failureMessage,"
          + "\"due_ms\",\"again\"\n";

  @TempDir Path folder;

  @Test
  void readsRequestsWithTheirDueTime() throws IOException {
    Path file = file(HEAD + "1010,30,read search,200,OK,Load 1-57,true,,1000,0\n");
    assertThat(JtlReader.read(file))
        .containsExactly(
            new Request(
                RequestKind.READ, "read search", 57, 1000, 1010, 1040, true, "200", "", false));
  }

  @Test
  void readsMessagesOverSeveralLinesAndNamesTheError() throws IOException {
    Path file =
        file(
            HEAD
                + "1010,30,read search,200,OK,Load 1-57,false,\"expected \"\"a\"\",\ngot b\",1000,0\n"
                + "1020,5,write user,Non HTTP response code: java.net.SocketTimeoutException,"
                + "Non HTTP response message: Read timed out,Load 1-58,false,\"not\n200\",1005,1\n");
    assertThat(JtlReader.read(file))
        .containsExactly(
            new Request(
                RequestKind.READ,
                "read search",
                57,
                1000,
                1010,
                1040,
                false,
                "200",
                "expected \"a\",\ngot b",
                false),
            new Request(
                RequestKind.WRITE,
                "write user",
                58,
                1005,
                1020,
                1025,
                false,
                "SocketTimeoutException",
                "Read timed out",
                true));
  }

  @Test
  void leavesOutRequestsThatAreNotPartOfTheLoad() throws IOException {
    assertThat(JtlReader.read(file(HEAD + "1,2,warm-up,200,OK,Load 1-57,true,,null,null\n")))
        .isEmpty();
  }

  @Test
  void saysWhatIsWrongWithAGarbledFile() throws IOException {
    String good = "1010,30,read search,200,OK,Load 1-57,true,,1000,0\n";
    assertRefused(
        HEAD + good + "10x0,30,read search,200,OK,Load 1-57,true,,1000,0\n", "record 3: timeStamp");
    assertRefused(HEAD + good + "1010,30,read sea", "record 3: there is no column");
    assertRefused(HEAD + good.replace("1-57", "main"), "record 2: threadName has no number");
    assertRefused(
        HEAD.replace("threadName", "thread") + good, "record 2: there is no column threadName");
    assertRefused(
        HEAD + "1010,30,read search,200,OK,Load 1-57,maybe,,1000,0\n", "record 2: success");
    assertRefused(
        HEAD + good.replace(",0\n", ",2\n"), "record 2: the column \"again\" is neither 0 nor 1");
    assertRefused(HEAD.replace("again", "tries") + good, "record 2: there is no column again");
    assertRefused(
        HEAD.replace(",\"due_ms\",\"again\"", "") + "1,2,read x,200,OK,Load 1-57,true,\n",
        "there is no column due_ms");
  }

  private void assertRefused(String content, String reason) throws IOException {
    Path file = file(content);
    assertThatThrownBy(() -> JtlReader.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("load.jtl"), content);
  }
}
