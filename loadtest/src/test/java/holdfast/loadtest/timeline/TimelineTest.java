package holdfast.loadtest.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Run;
import holdfast.loadtest.verdict.Runs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private static final String LEADS =
      "2027-01-15 08:00:00,000 INFO: no action. I am (%s), the leader with the lock";
  private static final String PROMOTED =
      "2027-01-15 08:00:00,000 INFO: promoted self to leader by acquiring session lock";
  private static final String READY =
      "2027-01-15 08:00:00.000 UTC [7] LOG:  database system is ready to accept connections";
  private static final String MASTER = "(address) Entering MASTER STATE";

  private final List<LogLine> lines = new ArrayList<>();
  private List<Event> events = Runs.events();

  @Test
  void endsALeaderWithItsShutdownAndBeginsTheNextWithItsPromotion() {
    failover();
    assertThat(lane("leader")).containsExactly(span("db2", 0, 1100), span("db1", 1400, 3000));
  }

  @Test
  void endsAFrozenLeaderWithItsLastLogLine() {
    say(500, "db2", "patroni", LEADS.formatted("db2"));
    say(9000, "db2", "patroni", "2027-01-15 08:00:00,000 INFO: Lock owner: db1; I am db2");
    assertThat(lane("leader")).containsExactly(span("db2", 0, 500));
  }

  @Test
  void showsTwoLeadersAtTheSameTime() {
    say(900, "db2", "patroni", LEADS.formatted("db2"));
    say(1000, "db1", "patroni", PROMOTED);
    say(1900, "db2", "patroni", LEADS.formatted("db2"));
    say(2000, "db1", "patroni", LEADS.formatted("db1"));
    assertThat(lane("leader")).containsExactly(span("db2", 0, 1900), span("db1", 1000, 2000));
  }

  @Test
  void endsALeaderWithItsDemotion() {
    say(900, "db2", "patroni", LEADS.formatted("db2"));
    say(1200, "db2", "patroni", "demoted self because DCS is not accessible and I was a leader");
    assertThat(lane("leader")).containsExactly(span("db2", 0, 1200));
  }

  @Test
  void endsALeaderThatIsCutOrOffAtTheFault() {
    events = gone(1000, "db2", FaultKind.CUT);
    say(900, "db2", "patroni", LEADS.formatted("db2"));
    say(1900, "db2", "patroni", LEADS.formatted("db2"));
    assertThat(lane("leader")).containsExactly(span("db2", 0, 1000));
  }

  @Test
  void knowsTheLeaderBeforeTheLoadEvenIfItLogsNothing() {
    events = gone(8000, "db2", FaultKind.POWEROFF);
    assertThat(lane("leader")).containsExactly(span("db2", 0, 8000));
  }

  @Test
  void followsTheVipInTheLogOfKeepalived() {
    say(1200, "lb1", "keepalived", "(address) Entering FAULT STATE");
    say(1300, "lb2", "keepalived", MASTER);
    say(1500, "lb1", "keepalived", "(address) Entering BACKUP STATE");
    assertThat(lane("VIP")).containsExactly(span("lb1", 0, 1200), open("lb2", 1300));
  }

  @Test
  void endsTheVipOfAMachineThatIsOffOrLogsNoRelease() {
    say(1300, "lb2", "keepalived", MASTER);
    assertThat(lane("VIP")).containsExactly(span("lb1", 0, 1300), open("lb2", 1300));
    events = gone(1000, "lb1", FaultKind.POWEROFF);
    assertThat(lane("VIP")).containsExactly(span("lb1", 0, 1000), open("lb2", 1300));
  }

  @Test
  void showsAVipOnTwoMachinesAtTheSameTime() {
    say(1300, "lb2", "keepalived", MASTER);
    say(1700, "lb1", "keepalived", "(address) Entering BACKUP STATE");
    assertThat(lane("VIP")).containsExactly(span("lb1", 0, 1700), open("lb2", 1300));
  }

  @Test
  void measuresThePhasesOfAFailover() {
    failover();
    assertThat(timeline().failovers())
        .containsExactly(
            List.of(
                phase("noticed", 1000, 1290),
                phase("elected", 1290, 1400),
                phase("promoted", 1400, 1600),
                phase("routed", 1600, 1700),
                phase("first write", 1700, 1760)));
  }

  @Test
  void leavesOutAPhaseWithoutALogLine() {
    failover();
    lines.removeIf(line -> line.unit().equals("haproxy") && line.machine().equals("lb1"));
    lines.removeIf(line -> line.message().contains("ready to accept connections"));
    assertThat(timeline().failovers())
        .containsExactly(List.of(phase("noticed", 1000, 1290), phase("elected", 1290, 1400)));
  }

  @Test
  void hasNoPhasesIfTheLeaderStaysOrNoFaultCameBefore() {
    say(900, "db2", "patroni", LEADS.formatted("db2"));
    say(1500, "db2", "patroni", "acquired session lock as a leader");
    assertThat(timeline().failovers()).isEmpty();
    lines.clear();
    failover();
    events = List.of();
    assertThat(timeline().failovers()).isEmpty();
  }

  @Test
  void hasNoPhasesForASecondChangeAfterOneFault() {
    failover();
    say(3500, "db2", "patroni", PROMOTED);
    assertThat(timeline().failovers()).hasSize(1);
    events = List.of(Runs.event(2000, Event.Kind.INJECT));
    assertThat(timeline().failovers()).hasSize(1);
    assertThat(timeline().failovers().getFirst())
        .containsExactly(phase("noticed", 2000, 3000), phase("elected", 3000, 3500));
  }

  @Test
  void measuresFromTheFaultOfTheLeaderAndNotFromALaterOne() {
    failover();
    events = new ArrayList<>(events);
    events.add(
        new Event(
            Runs.START + 1050, Event.Kind.INJECT, 1, "app", "app1", "core", "x", FaultKind.KILL));
    assertThat(timeline().failovers().getFirst().getFirst())
        .isEqualTo(phase("noticed", 1000, 1290));
  }

  @Test
  void isEmptyForEmptyLogs() {
    events = List.of();
    Timeline empty = Timeline.of(lines, Run.unknown("x"), events, History.EMPTY);
    assertThat(empty).isEqualTo(Timeline.EMPTY);
  }

  private void failover() {
    say(900, "db2", "patroni", LEADS.formatted("db2"));
    say(
        1100,
        "db2",
        "patroni",
        "2027-01-15 08:00:00.000 UTC [3] LOG:  received fast shutdown request");
    say(1290, "lb2", "haproxy", "Server primary/db2 is DOWN. 0 active");
    say(1300, "lb1", "haproxy", "Server primary/db2 is DOWN. 0 active");
    say(1400, "db1", "patroni", PROMOTED);
    say(1600, "db1", "patroni", READY);
    say(1650, "lb2", "haproxy", "Server primary/db1 is UP. 1 active");
    say(1700, "lb1", "haproxy", "Server primary/db1 is UP. 1 active");
    say(3000, "db1", "patroni", LEADS.formatted("db1"));
  }

  private List<RoleSpan> lane(String role) {
    return timeline().lanes().stream()
        .filter(lane -> lane.role().equals(role))
        .findFirst()
        .orElseThrow()
        .spans();
  }

  private Timeline timeline() {
    List<Request> requests =
        List.of(Runs.write(1680, true), Runs.write(1740, false), Runs.write(1750, true));
    return Timeline.of(lines, Runs.RUN, events, Runs.history(requests));
  }

  private void say(long ms, String machine, String unit, String message) {
    lines.add(new LogLine((Runs.START + ms) * 1000, machine, unit, message));
  }

  private static List<Event> gone(long ms, String host, FaultKind fault) {
    return List.of(
        new Event(Runs.START + ms, Event.Kind.INJECT, 0, "x", host, null, "gone", fault));
  }

  private static FailoverPhase phase(String name, long fromMs, long toMs) {
    return new FailoverPhase(name, Runs.START + fromMs, Runs.START + toMs);
  }

  private static RoleSpan span(String holder, long fromMs, long toMs) {
    return new RoleSpan(holder, Runs.START + fromMs, Runs.START + toMs);
  }

  private static RoleSpan open(String holder, long fromMs) {
    return new RoleSpan(holder, Runs.START + fromMs, RoleSpan.OPEN);
  }
}
