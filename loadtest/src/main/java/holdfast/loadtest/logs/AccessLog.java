package holdfast.loadtest.logs;

import holdfast.loadtest.history.ServedRequest;
import holdfast.loadtest.verdict.Run;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds out which node served each request, from the access logs of nginx and core. */
public final class AccessLog {

  private static final JsonMapper JSON = new JsonMapper();

  private AccessLog() {}

  /** Reads nginx's lines. If nginx tried several addresses, the last one served the request. */
  public static List<ServedRequest> byApp(List<LogLine> lines, Run run) {
    return served(lines, run, "nginx", run.apps(), AccessLog::lastUpstream);
  }

  /** Reads core's lines, which name the database that answered. */
  public static List<ServedRequest> byDatabase(List<LogLine> lines, Run run) {
    return served(lines, run, "core", run.databases(), entry -> entry.path("db").asString(""));
  }

  private static List<ServedRequest> served(
      List<LogLine> lines,
      Run run,
      String unit,
      Map<String, String> addressOf,
      Function<JsonNode, String> address) {
    Map<String, String> nameOf =
        addressOf.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey, (a, b) -> a));
    return lines.stream()
        .filter(line -> line.unit().equals(unit) && run.covers(line.atMs()))
        .flatMap(line ->
            entry(line)
                .map(address)
                .map(nameOf::get)
                .map(node -> new ServedRequest(line.atMs(), node))
                .stream())
        .toList();
  }

  /** Lines that aren't JSON are ordinary log messages and are skipped. */
  private static Optional<JsonNode> entry(LogLine line) {
    if (!line.message().startsWith("{")) {
      return Optional.empty();
    }
    try {
      JsonNode entry = JSON.readTree(line.message());
      return Optional.of(entry).filter(it -> it.path("access").asBoolean(false));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** nginx separates tries by a comma, and groups of servers by a colon. */
  private static String lastUpstream(JsonNode entry) {
    String[] tried = entry.path("upstreams").asString("").split(",\\s*|\\s+:\\s+");
    return tried[tried.length - 1].strip();
  }
}
