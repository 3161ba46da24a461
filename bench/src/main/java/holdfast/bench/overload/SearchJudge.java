package holdfast.bench.overload;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.bench.client.HttpAnswer;
import holdfast.bench.client.OpenLoopClient;
import holdfast.bench.common.Letters;
import java.net.URLEncoder;
import java.util.Random;

/** Searches by two random letters, and what the answer to each must be. */
final class SearchJudge implements OpenLoopClient.Judge {

  static final String GOOD = "good";
  static final String REFUSED = "refused";

  /** The pair of letters of each search. */
  private final String[][] pairs;

  /** The same seed draws the same letters. */
  SearchJudge(int count, long seed) {
    Random random = new Random(seed);
    pairs = new String[count][];
    for (int i = 0; i < count; i++) {
      pairs[i] = new String[] {Letters.random(random), Letters.random(random)};
    }
  }

  String path(int index) {
    return "/user/search?first_name=%s&last_name=%s"
        .formatted(
            URLEncoder.encode(pairs[index][0], UTF_8), URLEncoder.encode(pairs[index][1], UTF_8));
  }

  /** Checks only the beginning of a body: names that begin with the letters must be there. */
  @Override
  public String outcome(int index, HttpAnswer answer) {
    if (answer.status() == 503) {
      boolean explained = answer.header("retry-after").matches("\\d+");
      return explained ? REFUSED : "503 without Retry-After";
    }
    if (answer.status() != 200) {
      return String.valueOf(answer.status());
    }
    String body = answer.beginning();
    boolean found =
        body.contains("\"first_name\":\"" + pairs[index][0])
            && body.contains("\"second_name\":\"" + pairs[index][1]);
    return found ? GOOD : "200 another body";
  }
}
