package holdfast.loadtest.timeline;

import holdfast.loadtest.history.History;
import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Run;
import java.util.ArrayList;
import java.util.List;

/**
 * The roles and failovers of a run, from the journals. Reports show them, but the verdict doesn't
 * use them.
 *
 * @param lanes the holders of each role; roles without a known holder have no lane
 * @param failovers the phases of each failover
 * @param highlights the most important log lines, in order of time
 */
public record Timeline(
    List<RoleLane> lanes, List<List<FailoverPhase>> failovers, List<LogHighlight> highlights) {

  public static final Timeline EMPTY = new Timeline(List.of(), List.of(), List.of());

  /** The lines must be in order of time. */
  public static Timeline of(List<LogLine> lines, Run run, List<Event> events, History history) {
    List<Absence> absences = Absence.of(events);
    RoleLane leaders = new RoleLane("leader", Leaders.of(lines, run, absences));
    List<RoleLane> lanes = new ArrayList<>(List.of(leaders));
    lanes.addAll(VipHolders.of(lines, run, absences));
    lanes.removeIf(lane -> lane.spans().isEmpty());
    return new Timeline(
        lanes,
        new Failovers(lines, events, history, lanes).phases(),
        LogHighlights.of(lines, run, events));
  }
}
