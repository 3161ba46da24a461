package holdfast.bench.search;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Summarises the results of pgbench and wrk, which sent the same searches in turn. */
public final class SearchBench implements Benchmark {

  private static final JsonMapper JSON = new JsonMapper();

  /** wrk ends without waiting for the last answers. nginx logs these requests with status 499. */
  private static final Set<String> EXPECTED = Set.of("200", "499", "503");

  private static final Pattern STATUS = Pattern.compile("(\\d+) \"status\":(\\d+)");
  private static final Pattern KILOBYTES = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  @Override
  public Findings run(Options options) throws IOException {
    JsonNode measured = JSON.readTree(Path.of(options.text("measured")).toFile());
    Path report = Path.of(options.text("report"));
    options.refuseUnused();
    List<SearchTurn> turns = turns(measured);
    SearchFigures figures =
        new SearchFigures(SearchFigures.cases(turns), rss(measured), statuses(measured));
    SearchReport.write(report, figures);
    List<String> unmeasured =
        figures.statuses().containsKey("200")
            ? List.of()
            : List.of("the access logs hold no good answer");
    return new Findings(figures, summary(figures), violations(turns, figures), unmeasured);
  }

  private static List<SearchTurn> turns(JsonNode measured) throws IOException {
    List<SearchTurn> turns = new ArrayList<>();
    JsonNode outputs = measured.required("outputs");
    for (JsonNode turn : measured.required("turns")) {
      turns.add(SearchTurn.of(turn, outputs.required(turns.size()).asString()));
    }
    return turns;
  }

  private static long rss(JsonNode measured) {
    long most = 0;
    for (JsonNode memory : measured.required("memory")) {
      Matcher kilobytes = KILOBYTES.matcher(memory.asString());
      if (!kilobytes.find()) {
        throw new IllegalArgumentException("a core's memory is unknown: " + memory);
      }
      most = Math.max(most, Long.parseLong(kilobytes.group(1)) / 1024);
    }
    return most;
  }

  private static Map<String, Long> statuses(JsonNode measured) {
    Map<String, Long> statuses = new TreeMap<>();
    for (JsonNode counted : measured.required("statuses")) {
      STATUS
          .matcher(counted.asString())
          .results()
          .forEach(it -> statuses.merge(it.group(2), Long.valueOf(it.group(1)), Long::sum));
    }
    return statuses;
  }

  private static List<String> violations(List<SearchTurn> turns, SearchFigures figures) {
    List<String> violations = new ArrayList<>();
    Findings.count(
        violations, turns.stream().mapToLong(SearchTurn::broken).sum(), "requests had no answer");
    turns.stream()
        .filter(turn -> turn.rps() == 0)
        .forEach(turn -> violations.add(turn.searches() + ", " + turn.way() + ": no good answer"));
    figures
        .statuses()
        .forEach((status, count) -> {
          if (!EXPECTED.contains(status)) {
            violations.add(count + " answers had the status " + status);
          }
        });
    return violations;
  }

  private static List<String> summary(SearchFigures figures) {
    List<String> summary = new ArrayList<>();
    for (SearchFigures.Case one : figures.cases()) {
      summary.add(
          "%s, %d clients: direct %.0f, core %.0f (%.2f), path %.0f a second (%.2f); p50 %.1f, p99 %.1f ms; %d refused"
              .formatted(
                  one.searches(),
                  one.clients(),
                  one.directRps(),
                  one.coreRps(),
                  one.coreOverDirect(),
                  one.pathRps(),
                  one.pathOverDirect(),
                  one.p50Ms(),
                  one.p99Ms(),
                  one.refused()));
    }
    summary.add("resident memory of core: at most %d MiB".formatted(figures.coreRssMb()));
    return summary;
  }
}
