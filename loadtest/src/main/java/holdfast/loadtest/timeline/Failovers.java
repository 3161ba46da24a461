package holdfast.loadtest.timeline;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.history.RequestKind;
import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the phases of each failover: a change of the leader after a fault. A moment without a log
 * line is left out, and the next phase starts at the previous known moment.
 */
final class Failovers {

  private static final Pattern ELECTED =
      Pattern.compile("promoted self to leader|acquired session lock as a leader");

  /** A change of the leader. It lasts from the fault to the next election. */
  private record Change(long faultMs, String former, String now, long electedMs, long untilMs) {
    boolean spans(LogLine line) {
      return line.atMs() >= faultMs && line.atMs() < untilMs;
    }
  }

  private record Moment(String name, long atMs) {}

  private final List<LogLine> lines;
  private final List<Event> injects;
  private final History history;
  private final List<RoleSpan> leaders;
  private final List<RoleSpan> vipHolders;

  Failovers(List<LogLine> lines, List<Event> events, History history, List<RoleLane> lanes) {
    this.lines = lines;
    this.injects = events.stream().filter(event -> event.is(Event.Kind.INJECT)).toList();
    this.history = history;
    this.leaders = spans(lanes, lane -> lane.role().equals("leader"));
    this.vipHolders = spans(lanes, lane -> !lane.role().equals("leader"));
  }

  private static List<RoleSpan> spans(List<RoleLane> lanes, Predicate<RoleLane> which) {
    return lanes.stream().filter(which).flatMap(lane -> lane.spans().stream()).toList();
  }

  List<List<FailoverPhase>> phases() {
    List<LogLine> elections =
        lines.stream()
            .filter(line -> LogText.ofPatroni(line) && ELECTED.matcher(line.message()).find())
            .toList();
    List<List<FailoverPhase>> failovers = new ArrayList<>();
    long sinceMs = Long.MIN_VALUE;
    for (int i = 0; i < elections.size(); i++) {
      LogLine election = elections.get(i);
      long until = i + 1 < elections.size() ? elections.get(i + 1).atMs() : Long.MAX_VALUE;
      change(election, sinceMs, until).map(this::phases).ifPresent(failovers::add);
      sinceMs = election.atMs();
    }
    return failovers;
  }

  /** Empty if the leader stayed the same, or if there was no fault since the last election. */
  private Optional<Change> change(LogLine election, long sinceMs, long untilMs) {
    long at = election.atMs();
    String former =
        leaders.stream()
            .filter(span -> span.fromMs() < at)
            .max(Comparator.comparingLong(RoleSpan::fromMs))
            .map(RoleSpan::holder)
            .orElse(election.machine());
    List<Event> faults =
        injects.stream().filter(it -> it.atMs() > sinceMs && it.atMs() <= at).toList();
    Stream<Event> own = faults.stream().filter(it -> former.equals(it.host()));
    return former.equals(election.machine())
        ? Optional.empty()
        : latest(own)
            .or(() -> latest(faults.stream()))
            .map(fault -> new Change(fault.atMs(), former, election.machine(), at, untilMs));
  }

  private static Optional<Event> latest(Stream<Event> events) {
    return events.max(Comparator.comparingLong(Event::atMs));
  }

  private List<FailoverPhase> phases(Change change) {
    List<Moment> moments = new ArrayList<>();
    moments.add(new Moment("elected", change.electedMs));
    noticed(change).ifPresent(at -> moments.add(new Moment("noticed", at)));
    promoted(change).ifPresent(at -> moments.add(new Moment("promoted", at)));
    OptionalLong routed = routed(change);
    routed.ifPresent(at -> moments.add(new Moment("routed", at)));
    routed.ifPresent(
        at -> firstWrite(at).ifPresent(end -> moments.add(new Moment("first write", end))));
    moments.sort(Comparator.comparingLong(Moment::atMs));
    List<FailoverPhase> phases = new ArrayList<>();
    long from = change.faultMs;
    for (Moment moment : moments) {
      phases.add(new FailoverPhase(moment.name, from, moment.atMs));
      from = moment.atMs;
    }
    return phases;
  }

  private OptionalLong noticed(Change change) {
    OptionalLong down =
        first(change, line -> haproxy(line, "Server primary/" + change.former + " is DOWN"));
    return down.isPresent()
        ? down
        : leaders.stream()
            .filter(span -> span.holder().equals(change.former))
            .mapToLong(RoleSpan::toMs)
            .filter(at -> at > change.faultMs && at <= change.electedMs)
            .max();
  }

  private OptionalLong promoted(Change change) {
    OptionalLong ready =
        first(change, line -> isOfNow(change, line, "system is ready to accept connections"));
    return ready.isPresent()
        ? ready
        : first(change, line -> isOfNow(change, line, "selected new timeline ID"));
  }

  private static boolean isOfNow(Change change, LogLine line, String words) {
    return LogText.ofPatroni(line)
        && line.machine().equals(change.now)
        && line.atMs() >= change.electedMs
        && line.message().contains(words);
  }

  /** Only HAProxy on the machine that holds the VIP counts. The other one receives no traffic. */
  private OptionalLong routed(Change change) {
    return first(
        change,
        line ->
            haproxy(line, "Server primary/" + change.now + " is UP")
                && vipHolders.stream()
                    .anyMatch(it -> it.holder().equals(line.machine()) && it.covers(line.atMs())));
  }

  private OptionalLong firstWrite(long routedMs) {
    return history.requests().stream()
        .filter(request -> request.kind() == RequestKind.WRITE && request.good())
        .mapToLong(Request::endMs)
        .filter(end -> end >= routedMs)
        .min();
  }

  private static boolean haproxy(LogLine line, String words) {
    return line.unit().equals("haproxy") && line.message().startsWith(words);
  }

  private OptionalLong first(Change change, Predicate<LogLine> which) {
    return lines.stream().filter(change::spans).filter(which).mapToLong(LogLine::atMs).findFirst();
  }
}
