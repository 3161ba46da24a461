package holdfast.bench.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads a node's metrics from its management port. */
public final class Metrics {

  private static final Pattern SAMPLE =
      Pattern.compile("^(?<name>[a-zA-Z0-9_:]+)(\\{(?<labels>.*)})? (?<value>\\S+)$");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Metrics() {}

  /**
   * The sum of a metric's samples with this label, or of all samples if the label is empty. Without
   * samples it is 0.
   */
  public static double sum(URI node, String name, String label)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(node.resolve("/actuator/prometheus"))
            .timeout(Duration.ofSeconds(10))
            .build();
    HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(node + " answered " + answer.statusCode() + " instead of its metrics");
    }
    return sum(answer.body(), name, label);
  }

  /** The sums of a metric over all nodes: one sum for each of these values of the label. */
  public static Map<String, Long> count(
      List<URI> nodes, String name, String label, String... values)
      throws IOException, InterruptedException {
    Map<String, Long> counts = new TreeMap<>();
    for (URI node : nodes) {
      for (String value : values) {
        String wanted = "%s=\"%s\"".formatted(label, value);
        counts.merge(value, (long) sum(node, name, wanted), Long::sum);
      }
    }
    return counts;
  }

  /** The increase of each count. */
  public static Map<String, Long> since(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> since = new TreeMap<>(after);
    since.replaceAll((value, count) -> count - before.getOrDefault(value, 0L));
    return since;
  }

  static double sum(String page, String name, String label) {
    return page.lines()
        .map(SAMPLE::matcher)
        .filter(it -> it.matches() && it.group("name").equals(name))
        .filter(it -> Objects.requireNonNullElse(it.group("labels"), "").contains(label))
        .mapToDouble(it -> Double.parseDouble(it.group("value")))
        .sum();
  }
}
