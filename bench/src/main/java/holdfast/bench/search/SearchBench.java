package holdfast.bench.search;

import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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

  /** How many lines of the access logs have a status, and that status. */
  private static final Pattern STATUS = Pattern.compile("(\\d+) \"status\":(\\d+)");

  private static final Pattern KEPT = Pattern.compile("(\\d+) \"cache\":\"([A-Z]+)\"");

  /** What nginx logs if it gave an answer that it had kept. */
  private static final Set<String> GIVEN = Set.of("HIT", "REVALIDATED", "STALE", "UPDATING");

  private static final Pattern KILOBYTES = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  @Override
  public Findings run(Options options) throws IOException {
    JsonNode measured = JSON.readTree(Path.of(options.text("measured")).toFile());
    Path report = Path.of(options.text("report"));
    options.refuseUnused();
    List<SearchTurn> turns = turns(measured);
    SearchFigures figures =
        new SearchFigures(
            SearchFigures.cases(turns),
            rss(measured),
            logged(STATUS, measured),
            logged(KEPT, measured));
    SearchReport.write(report, figures);
    return new Findings(figures, summary(figures), violations(turns, figures), unmeasured(figures));
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

  private static Map<String, Long> logged(Pattern pattern, JsonNode measured) {
    Map<String, Long> counts = new TreeMap<>();
    for (JsonNode counted : measured.required("logged")) {
      pattern
          .matcher(counted.asString())
          .results()
          .forEach(it -> counts.merge(it.group(2), Long.valueOf(it.group(1)), Long::sum));
    }
    return counts;
  }

  private static List<String> unmeasured(SearchFigures figures) {
    List<String> unmeasured = new ArrayList<>();
    if (!figures.statuses().containsKey("200")) {
      unmeasured.add("the access logs hold no good answer");
    } else if (Collections.disjoint(figures.kept().keySet(), GIVEN)) {
      unmeasured.add("nginx gave no kept answer, so `warm` was not measured");
    }
    for (SearchFigures.Case one : figures.cases()) {
      if (one.writes() != null && one.writes().lookups() == 0) {
        unmeasured.add(one.name() + ": no registered user was looked up");
      }
    }
    return unmeasured;
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
    for (SearchFigures.Case one : figures.cases()) {
      Writes writes = one.writes();
      if (writes != null) {
        Findings.count(
            violations,
            writes.stale(),
            "answers of %d lacked a user who had registered 1 s before: %s"
                .formatted(writes.lookups(), one.name()));
        Findings.count(
            violations, writes.failed(), "registrations or searches failed: " + one.name());
        violations.addAll(writes.wrong());
      }
    }
    return violations;
  }

  private static List<String> summary(SearchFigures figures) {
    List<String> summary = new ArrayList<>();
    for (SearchFigures.Case one : figures.cases()) {
      one.ways().forEach((way, it) -> summary.add(one.name() + ", " + way + ": " + words(it)));
      summary.add("%s: %d refused".formatted(one.name(), one.refused()));
      if (one.writes() != null) {
        summary.add(one.name() + ": " + words(one.writes()));
      }
    }
    summary.add("resident memory of core: at most %d MiB".formatted(figures.coreRssMb()));
    summary.add("answers by what nginx had kept: " + figures.kept());
    return summary;
  }

  private static String words(SearchFigures.Way way) {
    String rate =
        "%.0f a second (%.0f to %.0f), %.2f x direct"
            .formatted(way.rps(), way.low(), way.high(), way.overDirect());
    return way.p50Ms() == null
        ? rate
        : "%s; p50 %.1f, p99 %.1f ms; %.1f KiB an answer"
            .formatted(rate, way.p50Ms(), way.p99Ms(), way.answerKb());
  }

  private static String words(Writes writes) {
    return "%d registered (%s), %d answers looked at, %d stale, %d refused, %d failed"
        .formatted(
            writes.registered(),
            writes.registration(),
            writes.lookups(),
            writes.stale(),
            writes.refused(),
            writes.failed());
  }
}
