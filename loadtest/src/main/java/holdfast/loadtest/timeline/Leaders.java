package holdfast.loadtest.timeline;

import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which members led and when, from the log lines of each member about itself. The lines
 * of other members about the leader are ignored. They are outdated if the leader is frozen or gone,
 * and they would hide two leaders at the same time.
 */
final class Leaders {

  /** A leader logs its role every second. After this silence nobody knows whether it leads. */
  static final long SILENCE_MS = 5000;

  private static final Pattern LEADS =
      Pattern.compile(
          "no action\\. I am \\(\\S+\\), the leader with the lock"
              + "|promoted self to leader|acquired session lock as a leader"
              + "|continue to run as a leader"
              + "|database system is ready to accept connections");

  private static final Pattern ENDS =
      Pattern.compile(
          "a secondary, and following a leader|(?i:demot(ed|ing) self)"
              + "|received \\w+ shutdown request|database system is shut down"
              + "|database system is ready to accept read-only connections");

  private static final Pattern OWNER = Pattern.compile("^Lock owner: (\\S+); I am (\\S+)");

  private static final Pattern UNIT_ENDS =
      Pattern.compile("^patroni\\.service: Main process exited|^Stopped patroni\\.service");

  private enum Sign {
    LEADS,
    ENDS,
    /** The whole machine is powered off or cut from the network. */
    GONE
  }

  private record Heard(long atMs, Sign sign) {}

  private Leaders() {}

  static List<RoleSpan> of(List<LogLine> lines, Run run, List<Absence> absences) {
    Map<String, List<Heard>> heard = new TreeMap<>();
    if (!run.leader().isEmpty()) {
      hear(heard, run.leader(), run.startedMs(), Sign.LEADS);
    }
    absences.forEach(it -> hear(heard, it.machine(), it.fromMs(), Sign.GONE));
    for (LogLine line : lines) {
      Sign sign = sign(line);
      if (sign != null && absences.stream().noneMatch(it -> it.hides(line))) {
        hear(heard, line.machine(), line.atMs(), sign);
      }
    }
    return heard.entrySet().stream()
        .flatMap(member -> spans(member.getKey(), member.getValue()))
        .sorted(Comparator.comparingLong(RoleSpan::fromMs))
        .toList();
  }

  private static void hear(Map<String, List<Heard>> heard, String machine, long atMs, Sign sign) {
    heard.computeIfAbsent(machine, it -> new ArrayList<>()).add(new Heard(atMs, sign));
  }

  private static @Nullable Sign sign(LogLine line) {
    String words = LogText.ofPatroni(line) || LogText.ofSystemd(line) ? LogText.of(line) : "";
    if (LogText.ofSystemd(line)) {
      return UNIT_ENDS.matcher(words).find() ? Sign.ENDS : null;
    }
    Matcher owner = OWNER.matcher(words);
    if (owner.find()) {
      return owner.group(1).equals(owner.group(2)) ? Sign.LEADS : Sign.ENDS;
    }
    return LEADS.matcher(words).find() ? Sign.LEADS : ENDS.matcher(words).find() ? Sign.ENDS : null;
  }

  private static Stream<RoleSpan> spans(String member, List<Heard> heard) {
    List<Heard> inOrder = heard.stream().sorted(Comparator.comparingLong(Heard::atMs)).toList();
    Stream.Builder<RoleSpan> spans = Stream.builder();
    long from = -1;
    long last = -1;
    for (Heard one : inOrder) {
      boolean known = one.atMs - last <= SILENCE_MS || one.sign == Sign.GONE && last == from;
      if (from >= 0 && (one.sign != Sign.LEADS || !known)) {
        spans.add(new RoleSpan(member, from, known ? one.atMs : last));
        from = -1;
      }
      if (one.sign == Sign.LEADS) {
        from = from < 0 ? one.atMs : from;
        last = one.atMs;
      }
    }
    if (from >= 0) {
      spans.add(new RoleSpan(member, from, last));
    }
    return spans.build();
  }
}
