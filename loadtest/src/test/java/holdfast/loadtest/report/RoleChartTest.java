package holdfast.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.history.History;
import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.timeline.Timeline;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Expectations;
import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Runs;
import holdfast.loadtest.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoleChartTest {

  private final List<LogLine> lines = new ArrayList<>();

  @Test
  void namesTheHoldersAndTheLengthOfEachStep() {
    failover();
    assertThat(page())
        .contains(
            "<h2>Roles and failover</h2>", ">leader</text>", ">VIP</text>", ">failover</text>")
        .contains("class='holds shade0'", ">db2</text>", ">lb1</text>")
        .contains(">elected 200 ms, 300 ms after the fault</text>", ">noticed 100 ms</text>");
  }

  @Test
  void hasNoStepsWithoutAFailoverAndNoHighlightsWithoutLogLines() {
    assertThat(page())
        .contains("<h2>Roles and failover</h2>")
        .doesNotContain("failover</text>", "class='phase'", "Log highlights</h2>");
  }

  @Test
  void drawsTwoHoldersAtTheSameTimeInTwoRows() {
    say(1100, "lb2", "keepalived", "(address) Entering MASTER STATE");
    String alone = chart();
    say(1500, "lb1", "keepalived", "(address) Entering BACKUP STATE");
    assertThat(height(chart())).isGreaterThan(height(alone));
  }

  @Test
  void showsMarkupInLogsAsText() {
    say(1100, "lb1", "keepalived", "<script> Entering MASTER STATE");
    say(1200, "lb1", "keepalived", "<script> Entering MASTER STATE");
    assertThat(page())
        .contains("<td class='number'>1.10</td><td class='still'>lb1</td>")
        .contains("&lt;script&gt; Entering MASTER STATE (2 times)</td>")
        .doesNotContain("<script");
  }

  @Test
  void showsItsSectionsInOrder() {
    failover();
    String page = page();
    List<String> titles =
        List.of(
            "Promises",
            "Requests by type",
            "Events",
            "Roles and failover",
            "Request rate",
            "Latency",
            "Requests by app node",
            "Requests by database",
            "Log highlights");
    assertThat(titles.stream().map(title -> page.indexOf("<h2>" + title + "</h2>")).toList())
        .isSorted()
        .doesNotContain(-1);
  }

  @Test
  void showsEachNodesShareOfTheLastSeconds() {
    assertThat(page()).contains(">app1: 50 % of the load&#39;s last 10 s</text>");
  }

  @Test
  void saysWhenAHealedNodeServedAgain() {
    Expectations expected =
        new Expectations(
            List.of(new Expectations.Step(1.0, 1.5)),
            new Promises(null, null, null, null, null, 0.3, 0L, null));
    List<Event> events = new ArrayList<>();
    Runs.events().forEach(it -> events.add(onApp2(it)));
    History history =
        new History(Runs.goodReads(20), Runs.served(200), Runs.history(List.of()).byDatabase());
    Result result = Verdict.of(history, events, Runs.RUN, expected);
    ReportModel model = new ReportModel("", expected, Runs.RUN, history, result, Timeline.EMPTY);
    assertThat(DrillReport.draw(model))
        .contains(
            "<p>app2 served again 0.0 s after it was healed, and then 50 % of the requests.</p>");
  }

  private static Event onApp2(Event it) {
    return new Event(it.atMs(), it.kind(), 0, "app", "app2", "core", "text", FaultKind.STOP);
  }

  private void failover() {
    say(900, "db2", "patroni", "no action. I am (db2), the leader with the lock");
    say(1100, "lb1", "haproxy", "Server primary/db2 is DOWN. 0 active");
    say(1300, "db1", "patroni", "promoted self to leader by acquiring session lock");
  }

  private String page() {
    return DrillReport.draw(model());
  }

  private String chart() {
    return RoleChart.draw(model(), new TimeAxis(Runs.START, 3)).toString();
  }

  private static double height(String svg) {
    return Double.parseDouble(svg.split("viewBox='0 0 1040 |' role")[1]);
  }

  private ReportModel model() {
    History history = Runs.history(Runs.goodReads(20));
    Result result = Verdict.of(history, Runs.events(), Runs.RUN, Runs.PROMISE);
    Timeline timeline = Timeline.of(lines, Runs.RUN, Runs.events(), history);
    return new ReportModel("", Runs.PROMISE, Runs.RUN, history, result, timeline);
  }

  private void say(long ms, String machine, String unit, String message) {
    lines.add(new LogLine((Runs.START + ms) * 1000, machine, unit, message));
  }
}
