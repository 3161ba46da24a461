package holdfast.loadtest.timeline;

import holdfast.loadtest.history.History;
import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Run;
import java.util.ArrayList;
import java.util.List;

/**
 * What the journals tell of the run, moment by moment. It is shown and never judged.
 *
 * @param lanes who had each role; without a lane for a role of which nothing is known
 * @param failovers the phases of each change of the leader that followed a fault
 * @param highlights the most telling lines, in order of time
 */
public record Timeline(
    List<RoleLane> lanes, List<List<FailoverPhase>> failovers, List<LogHighlight> highlights) {

  public static final Timeline EMPTY = new Timeline(List.of(), List.of(), List.of());

  /** Lines must be in order of time. */
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
