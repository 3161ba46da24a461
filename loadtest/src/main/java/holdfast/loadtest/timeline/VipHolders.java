package holdfast.loadtest.timeline;

import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out which machine held each VIP, from keepalived's log. keepalived logs only changes of its
 * state. A holder that never logs a release holds the VIP until another machine takes it, or until
 * its own machine is gone.
 */
final class VipHolders {

  private static final Pattern STATE =
      Pattern.compile(
          "\\((\\S+)\\) Entering (MASTER|BACKUP|FAULT) STATE|\\((\\S+)\\) sent 0 prior");

  private record Change(long atMs, String machine, boolean holds) {}

  private VipHolders() {}

  /** A lane for each VIP. The name in a log line matters only if there are several VIPs. */
  static List<RoleLane> of(List<LogLine> lines, Run run, List<Absence> absences) {
    Set<String> names = new TreeSet<>(run.vipHolders().keySet());
    if (names.isEmpty()) {
      names.add("vip");
    }
    return names.stream()
        .map(name -> {
          List<Change> changes = changes(lines, absences, names.size() == 1 ? "" : name);
          String before = run.vipHolders().getOrDefault(name, "");
          if (!before.isEmpty()) {
            changes.add(new Change(run.startedMs(), before, true));
          }
          return new RoleLane(name.toUpperCase(Locale.ROOT), spans(changes));
        })
        .toList();
  }

  private static List<Change> changes(List<LogLine> lines, List<Absence> absences, String vip) {
    List<Change> changes = new ArrayList<>();
    absences.forEach(it -> changes.add(new Change(it.fromMs(), it.machine(), false)));
    for (LogLine line : lines) {
      Matcher state = STATE.matcher(line.unit().equals("keepalived") ? line.message() : "");
      if (state.find() && absences.stream().noneMatch(it -> it.hides(line))) {
        String name = state.group(1) == null ? state.group(3) : state.group(1);
        if (vip.isEmpty() || vip.equals(name)) {
          changes.add(new Change(line.atMs(), line.machine(), "MASTER".equals(state.group(2))));
        }
      }
    }
    return changes;
  }

  private static List<RoleSpan> spans(List<Change> changes) {
    List<Change> inOrder = changes.stream().sorted(Comparator.comparingLong(Change::atMs)).toList();
    List<RoleSpan> all = new ArrayList<>();
    for (int i = 0; i < inOrder.size(); i++) {
      Change change = inOrder.get(i);
      boolean holding =
          all.stream().anyMatch(it -> it.holder().equals(change.machine) && it.covers(change.atMs));
      if (change.holds && !holding) {
        all.add(new RoleSpan(change.machine, change.atMs, end(inOrder, i)));
      }
    }
    return all;
  }

  /** A span ends when its holder logs the release, or else when another machine takes over. */
  private static long end(List<Change> changes, int begun) {
    Change begin = changes.get(begun);
    List<Change> later = changes.subList(begun + 1, changes.size());
    return later.stream()
        .filter(it -> it.machine.equals(begin.machine) && !it.holds)
        .mapToLong(Change::atMs)
        .findFirst()
        .orElseGet(() ->
            later.stream()
                .filter(it -> !it.machine.equals(begin.machine) && it.holds)
                .mapToLong(Change::atMs)
                .findFirst()
                .orElse(RoleSpan.OPEN));
  }
}
