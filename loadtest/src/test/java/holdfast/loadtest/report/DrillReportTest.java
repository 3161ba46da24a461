package holdfast.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.timeline.Timeline;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Expectations;
import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Run;
import holdfast.loadtest.verdict.Runs;
import holdfast.loadtest.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DrillReportTest {

  private static final String NASTY = "<script>alert('\"&')</script>";

  @Test
  void showsMarkupAsText() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(3, Runs.read(300, 2, 5, NASTY));
    Event event =
        new Event(
            Runs.START + 1000, Event.Kind.INJECT, 1, NASTY, NASTY, NASTY, NASTY, FaultKind.KILL);
    String page = page(NASTY, requests, List.of(event));
    assertThat(page).doesNotContain("<script").contains("&lt;script&gt;alert(&#39;&quot;&amp;");
  }

  @Test
  void loadsNothingFromOtherPlaces() {
    assertThat(page("promise", Runs.goodReads(20), Runs.events()))
        .doesNotContain("http:", "https:", "//", "src=", "@import", "<link");
  }

  @Test
  void marksAnsweredAndFailedRequestsByShape() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(3, Runs.read(300, 2, 5, "Bad Gateway"));
    String latency = LatencyChart.draw(model("", requests, Runs.events()), axis()).toString();
    assertThat(latency.split("class='point'")).hasSize(1 + 19);
    assertThat(latency.split("class='cross'")).hasSize(1 + 1);
    assertThat(latency).contains("latency in ms", "longest gap in reads: 132 ms");
  }

  @Test
  void explainsOnlyMarksThatAreDrawn() {
    List<Request> requests = Runs.goodReads(20);
    assertThat(page("", requests, Runs.events()))
        .contains("good read</span>", "p50 over time</span>")
        .doesNotContain("good write", ">failed</span>", "p99 over time", "slowest over");
    requests.set(3, Runs.read(300, 2, 5, "Bad Gateway"));
    requests.add(Runs.write(1900, true));
    assertThat(page("", requests, Runs.events())).contains("good write</span>", ">failed</span>");
    assertThat(page("", Runs.goodReads(5001), Runs.events()))
        .contains("p99 over time</span>", "slowest over time</span>")
        .doesNotContain("circle class='point'");
  }

  @Test
  void showsReadsAndWritesSeparately() {
    List<Request> requests = Runs.goodReads(18);
    requests.add(Runs.write(1800, true));
    requests.add(Runs.write(1900, false));
    ReportModel model = model("", requests, Runs.events());
    assertThat(LatencyChart.draw(model, axis()).toString().split("class='point write'"))
        .hasSize(1 + 1);
    assertThat(RateChart.draw(model, axis()).toString()).contains("second 1: 1/s ok write");
    assertThat(DrillReport.draw(model))
        .contains("<dt>writes failed</dt><dd>1 ", "<td class=''>read search</td>")
        .contains("<td class=''>write post</td><td class='number'>2</td><td class='number'>1</td>")
        .contains("Failed writes</td><td class='number'>at most 0</td><td class='number'>1</td>")
        .contains("The database was not checked", "longest gap in writes: 10 ms");
    assertThat(page("", Runs.goodReads(20), Runs.events()))
        .doesNotContain("<dt>writes failed", "was not checked", "longest gap in writes");
  }

  @Test
  void showsWhatTheDatabaseHolds() {
    List<Request> requests = Runs.goodReads(18);
    requests.add(Runs.write("write post", 19, 1800, "200"));
    requests.add(Runs.write("write post", 20, 1900, "503"));
    assertThat(stored(requests, Map.of("Post 19", 2L, "Post 20", 1L)))
        .contains("<div><dt>writes lost</dt><dd>0 ")
        .contains("<div class='alarm'><dt>writes duplicated</dt><dd>1 ")
        .contains("<div class='alarm'><dt>refused but stored</dt><dd>1 ")
        .contains("Lost writes</td><td class='number'>at most 0</td><td class='number'>0</td>")
        .doesNotContain("was not checked");
    assertThat(stored(requests, Map.of()))
        .contains("<div class='alarm'><dt>writes lost</dt><dd>1 ")
        .doesNotContain("<dt>refused but stored");
  }

  @Test
  void showsPromisedGapsAndShares() {
    Expectations expected =
        new Expectations(
            List.of(new Expectations.Step(1.0, 1.5)),
            new Promises(null, null, null, 20L, 2000L, 0.3, 0L, null));
    List<Event> events = new ArrayList<>(Runs.events());
    events.replaceAll(it -> it.is(Event.Kind.HEALED) ? Runs.event(1500, Event.Kind.HEALED) : it);
    History history = Runs.history(Runs.goodReads(20));
    Result result = Verdict.of(history, events, Runs.RUN, expected);
    assertThat(
            DrillReport.draw(
                new ReportModel("", expected, Runs.RUN, history, result, Timeline.EMPTY)))
        .contains("Longest gap in reads, ms</td><td class='number'>at most 20</td>")
        .contains("Longest gap in writes, ms</td><td class='number'>at most 2,000</td>")
        .contains("Share of db2 from 0 s after healing, %</td>")
        .contains(
            "<td class='number'>at least 30</td><td class='number'>–</td>"
                + "<td class='mark'>not judged</td>");
  }

  @Test
  void namesTheVersionOfTheRun() {
    assertThat(page("", Runs.goodReads(20), Runs.events())).contains("Holdfast 1.2.3</p>");
  }

  @Test
  void showsRetriesIfThereWereAny() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(3, Runs.again(requests.get(3)));
    assertThat(page("", requests, Runs.events()))
        .contains("<div><dt>reads retried</dt><dd>1 ")
        .doesNotContain("writes retried");
    assertThat(page("", Runs.goodReads(20), Runs.events())).doesNotContain("retried");
  }

  private static String stored(List<Request> requests, Map<String, Long> stored) {
    History history = Runs.stored(requests, stored);
    Result result = Verdict.of(history, Runs.events(), Runs.RUN, Runs.PROMISE);
    return DrillReport.draw(
        new ReportModel("", Runs.PROMISE, Runs.RUN, history, result, Timeline.EMPTY));
  }

  @Test
  void doesNotJudgeThePromisesOfAnInvalidRun() {
    List<Request> requests = Runs.goodReads(20);
    requests.set(3, Runs.read(300, 2, 5, "Bad Gateway"));
    assertThat(page("", requests, List.of()))
        .contains("not judged")
        .doesNotContain("✕ broken", "✓ kept", "reads failed; at most");
  }

  @Test
  void drawsEveryEventIntoEveryChart() {
    ReportModel model = model("", Runs.goodReads(20), Runs.events());
    TimeAxis axis = TimeAxis.of(model);
    for (Svg svg : List.of(RateChart.draw(model, axis), LatencyChart.draw(model, axis))) {
      String chart = svg.toString();
      assertThat(chart.split("class='event inject'")).hasSize(1 + 1);
      assertThat(chart.split("class='flag ")).hasSize(1 + 5);
    }
  }

  @Test
  void drawsALaneForANodeThatServedNothing() {
    assertThat(page("", Runs.goodReads(20), Runs.events())).contains(">db1</text>", ">app2</text>");
  }

  @Test
  void countsRequestsAfterHealingOnlyIfTheLoadStillRan() {
    List<Event> early = new ArrayList<>(Runs.events());
    early.replaceAll(
        event -> event.is(Event.Kind.HEAL) ? Runs.event(1500, Event.Kind.HEAL) : event);
    assertThat(page("", Runs.goodReads(20), Runs.events()))
        .doesNotContain("after healing began</th>")
        .contains("no request was served after that");
    assertThat(page("", Runs.goodReads(20), early))
        .contains("after healing began</th>")
        .doesNotContain("no request was served after that");
  }

  @Test
  void marksThePromiseOfHealingAsBroken() {
    List<Event> events = new ArrayList<>(Runs.events());
    events.add(Runs.event(2500, Event.Kind.NOT_HEALED));
    assertThat(page("", Runs.goodReads(20), events)).contains("not fully</td>", "✕ broken");
    assertThat(page("", Runs.goodReads(20), Runs.events())).doesNotContain("✕ broken");
  }

  @Test
  void drawsNoChartWithoutData() {
    Result result = Verdict.unreadable(History.EMPTY, List.of(), Run.unknown("x"), List.of("gone"));
    Run run = Run.unknown("x");
    String page =
        DrillReport.draw(
            new ReportModel("", Runs.PROMISE, run, History.EMPTY, result, Timeline.EMPTY));
    assertThat(page).contains("<li>gone</li>").doesNotContain("Latency</h2>");
  }

  @Test
  void drawsTheSameInALocaleWithDecimalCommas() {
    Locale before = Locale.getDefault();
    String here = page("", Runs.goodReads(20), Runs.events());
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(page("", Runs.goodReads(20), Runs.events())).isEqualTo(here);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void drawsLinesInsteadOfTooManyPoints() {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 6000; i++) {
      requests.add(Runs.read(i / 3, 2, 30, null));
    }
    assertThat(LatencyChart.draw(model("", requests, Runs.events()), axis()).toString())
        .doesNotContain("class='point'")
        .contains("class='line p99'", "class='line max'");
  }

  private static TimeAxis axis() {
    return new TimeAxis(Runs.START, 3);
  }

  private static String page(String promise, List<Request> requests, List<Event> events) {
    return DrillReport.draw(model(promise, requests, events));
  }

  private static ReportModel model(String promise, List<Request> requests, List<Event> events) {
    History history = Runs.history(requests);
    Result result = Verdict.of(history, events, Runs.RUN, Runs.PROMISE);
    return new ReportModel(promise, Runs.PROMISE, Runs.RUN, history, result, Timeline.EMPTY);
  }
}
