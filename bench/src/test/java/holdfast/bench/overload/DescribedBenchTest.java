package holdfast.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.bench.common.BenchmarkRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of DescribedBench with the results of two seconds, as JMeter writes them. */
class DescribedBenchTest {

  private static final String HEAD =
      "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,failureMessage,"
          + "\"due_ms\",\"again\"";

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void takesGoodAnswersAndTheContractsRefusals() throws IOException {
    assertThat(bench("200,OK,true,", "200,OK,true,", "503,as the contract says,false,code"))
        .isZero();
    assertThat(result().at("/figures/good_per_second").asString()).isEqualTo("1.0");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("3 sent: 2 good (1.0 a second), 1 refused with 503, 0 connections broken");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("refused with the contract&#39;s 503", "</html>");
  }

  @Test
  void findsBrokenConnectionsAndAnyOtherAnswer() throws IOException {
    assertThat(
            bench(
                "200,OK,true,",
                "200,OK,false,another body",
                "503,without Retry-After,false,code",
                "502,Bad Gateway,false,code",
                "Non HTTP response code: java.net.SocketException,"
                    + "Non HTTP response message: Connection reset,false,code"))
        .isEqualTo(1);
    assertThat(violations())
        .containsExactly(
            "1 answered 200 another body",
            "1 answered 502 Bad Gateway",
            "1 answered 503 without Retry-After",
            "1 broken: SocketException Connection reset");
    assertThat(result().at("/figures/broken").asInt()).isEqualTo(1);
    assertThat(result().at("/figures/other_answers").asInt()).isEqualTo(3);
  }

  @Test
  void findsThatNothingWasAnsweredWell() throws IOException {
    assertThat(bench("503,as the contract says,false,code")).isEqualTo(1);
    assertThat(violations()).containsExactly("no search got a good answer");
  }

  @Test
  void hasMeasuredNothingIfJMeterSentNoSearch() throws IOException {
    assertThat(bench()).isEqualTo(2);
    assertThat(violations()).isEmpty();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("described: NOT MEASURED: JMeter's results hold no search");
  }

  private int bench(String... answers) throws IOException {
    List<String> rows = new ArrayList<>(List.of(HEAD));
    for (String answer : answers) {
      String[] parts = answer.split(",", -1);
      rows.add(
          "100000,40,read search,%s,%s,Load 1-57,%s,%s,0,0"
              .formatted(parts[0], parts[1], parts[2], parts[3]));
    }
    return BenchmarkRunner.run(
        "described",
        new DescribedBench(),
        List.of(
            "result=" + folder.resolve("result.json"),
            "jtl=" + Files.write(folder.resolve("load.jtl"), rows),
            "duration=2",
            "report=" + folder.resolve("report.html")),
        new PrintStream(out, true));
  }

  private List<String> violations() throws IOException {
    return result().at("/violations").values().stream().map(JsonNode::asString).toList();
  }

  private JsonNode result() throws IOException {
    return new JsonMapper().readTree(folder.resolve("result.json"));
  }
}
