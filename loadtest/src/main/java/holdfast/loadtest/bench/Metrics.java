package holdfast.loadtest.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/** A node's own count of what it did, from its management port. */
final class Metrics {

  private static final Pattern SAMPLE =
      Pattern.compile("^(?<name>[a-zA-Z0-9_:]+)(\\{(?<labels>.*)})? (?<value>\\S+)$");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Metrics() {}

  /** The sum of a metric's samples with that label, all of them without one; 0 if there is none. */
  static double sum(URI node, String name, String label) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(node.resolve("/actuator/prometheus"))
            .timeout(Duration.ofSeconds(10))
            .build();
    return sum(HTTP.send(request, BodyHandlers.ofString()).body(), name, label);
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
