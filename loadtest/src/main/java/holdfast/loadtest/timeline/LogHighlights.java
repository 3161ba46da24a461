package holdfast.loadtest.timeline;

import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Picks the few log lines that show how the system reacted to a fault, out of thousands. */
final class LogHighlights {

  static final int MOST = 40;
  private static final int MOST_CHARACTERS = 200;
  private static final long BEFORE_MS = 1000;
  private static final long AFTER_MS = 10_000;

  /**
   * Lines that match are highlights. If there are too many, those with the lowest rank number stay.
   */
  private record Rule(int rank, Set<String> units, Pattern words) {
    static Rule of(int rank, Set<String> units, String words) {
      return new Rule(rank, units, Pattern.compile(words));
    }
  }

  private record Ranked(int rank, LogHighlight highlight) {}

  private static final Set<String> SYSTEMD = Set.of("init.scope", "systemd");
  private static final Set<String> PATRONI = Set.of("patroni");

  /**
   * Each rule applies only to its own units. Otherwise an access log with a search for "lost
   * leader" would match.
   */
  private static final List<Rule> RULES =
      List.of(
          Rule.of(1, Set.of("keepalived"), "Entering (MASTER|BACKUP|FAULT) STATE"),
          Rule.of(1, Set.of("haproxy"), "^Server primary/\\S+ is (UP|DOWN)"),
          Rule.of(1, PATRONI, "(?i:promoted self|acquired session lock|demot(ed|ing) self)"),
          Rule.of(1, PATRONI, "^(selected new timeline ID|received \\w+ shutdown request)"),
          Rule.of(1, PATRONI, "^database system is (shut down|ready to accept connections)"),
          Rule.of(1, PATRONI, "(?i:running pg_rewind|\\brewind)"),
          Rule.of(1, SYSTEMD, "^\\S+\\.service: Main process exited"),
          Rule.of(1, Set.of("etcd"), "elected leader|lost leader"),
          Rule.of(2, Set.of("haproxy"), "^Server \\S+ is (UP|DOWN|stopping)"),
          Rule.of(2, SYSTEMD, "^(Started|Stopped) (?!holdfast-drill)\\S+\\.service"),
          Rule.of(2, PATRONI, "^database system is ready to accept read-only"),
          Rule.of(2, Set.of("core", "chat"), "\\bstopping: "),
          Rule.of(3, PATRONI, "^new target timeline is|^database system was "));

  private static final Pattern OWNER = Pattern.compile("^Lock owner: (\\S+);");
  private static final int OWNER_RANK = 2;

  private final Map<String, String> ownerBy = new HashMap<>();
  private final Map<String, Integer> lastBy = new HashMap<>();
  private final List<Ranked> told = new ArrayList<>();
  private final Run run;

  private LogHighlights(Run run) {
    this.run = run;
  }

  /** Looks at lines from just before the first fault to some time after the last event. */
  static List<LogHighlight> of(List<LogLine> lines, Run run, List<Event> events) {
    long fault = Event.firstMs(events, Event.Kind.INJECT);
    long last = events.stream().mapToLong(Event::atMs).max().orElse(0);
    LogHighlights highlights = new LogHighlights(run);
    for (LogLine line : lines) {
      int rank = highlights.rank(line);
      boolean within = fault - BEFORE_MS <= line.atMs() && line.atMs() <= last + AFTER_MS;
      if (rank > 0 && within) {
        highlights.tell(rank, line);
      }
    }
    return highlights.most();
  }

  /** 0 for a line that isn't a highlight. */
  private int rank(LogLine line) {
    String words = LogText.of(line);
    Matcher owner = OWNER.matcher(LogText.ofPatroni(line) ? words : "");
    if (owner.find()) {
      String before = ownerBy.put(line.machine(), owner.group(1));
      return owner.group(1).equals(before == null ? run.leader() : before) ? 0 : OWNER_RANK;
    }
    return RULES.stream()
        .filter(rule -> rule.units.contains(line.unit()) && rule.words.matcher(words).find())
        .mapToInt(Rule::rank)
        .findFirst()
        .orElse(0);
  }

  private void tell(int rank, LogLine line) {
    String text = shortened(LogText.of(line));
    Integer last = lastBy.get(line.machine());
    LogHighlight before = last == null ? null : told.get(last).highlight;
    if (last != null
        && before != null
        && before.unit().equals(unit(line))
        && before.text().equals(text)) {
      told.set(last, new Ranked(rank, again(before)));
      return;
    }
    lastBy.put(line.machine(), told.size());
    String unit = unit(line);
    told.add(new Ranked(rank, new LogHighlight(line.atMs(), line.machine(), unit, text, 1)));
  }

  /** systemd logs as the unit init.scope, a name that means nothing to a reader. */
  private static String unit(LogLine line) {
    return LogText.ofSystemd(line) ? "systemd" : line.unit();
  }

  private static LogHighlight again(LogHighlight once) {
    return new LogHighlight(
        once.atMs(), once.machine(), once.unit(), once.text(), once.count() + 1);
  }

  private static String shortened(String text) {
    int end = Math.min(text.length(), MOST_CHARACTERS);
    return end == text.length()
        ? text
        : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, end) - 1)) + "…";
  }

  /** The sort is stable, so that among lines of equal rank the earliest stay. */
  private List<LogHighlight> most() {
    return told.stream()
        .sorted(Comparator.comparingInt(Ranked::rank))
        .limit(MOST)
        .map(Ranked::highlight)
        .sorted(Comparator.comparingLong(LogHighlight::atMs))
        .toList();
  }
}
