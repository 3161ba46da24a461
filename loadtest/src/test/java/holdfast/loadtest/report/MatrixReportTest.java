package holdfast.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Run;
import holdfast.loadtest.verdict.Runs;
import holdfast.loadtest.verdict.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MatrixReportTest {

  private static final Promises PROMISED = new Promises(0L, 0L, 1000L, 2000L, 5L, null, null, null);

  @Test
  void groupsDrillsByComponentInTheirOrder() {
    String page = draw(row("web", good()), row("database", good()), row("web", good()));
    assertThat(page.split("scope='rowgroup'")).hasSize(1 + 2);
    assertThat(page.indexOf(">web</th>")).isBetween(0, page.indexOf(">database</th>"));
    assertThat(page).contains("<strong>3 of 3 drills passed</strong>");
    assertThat(draw(row("", good()))).contains(">Other</th>");
  }

  @Test
  void marksBrokenLimitsWithoutColour() {
    Result result = result(Map.of("Post 19", 2L), Runs.write("write post", 20, 1900, "200"));
    assertThat(draw(row("", result)))
        .contains("<strong>Failed</strong>", "<polygon class='shape' points='15,2")
        .contains("<td class='number broken'>✕ 1</td><td class='number broken'>✕ 1</td>")
        .contains("<td class='number broken'>✕ 10<small>≤ 5</small></td>")
        .contains("1 acknowledged writes are lost: Post 20")
        .contains("<div class='alarm'><dt>of these lost</dt><dd>1 ")
        .contains("<dt>acknowledged writes checked</dt><dd>2 ");
  }

  @Test
  void countsOnlyAcknowledgedWritesThatWereChecked() {
    Result looked = result(Map.of("Post 19", 1L), Runs.write("write post", 20, 1900, "504"));
    History history = Runs.history(List.of(Runs.write(0, true)));
    Result unlooked = Verdict.unreadable(history, List.of(), Runs.RUN, List.of("gone"));
    assertThat(draw(row("", looked), row("", unlooked)))
        .contains("<dt>requests sent</dt><dd>21 ")
        .contains("<dt>acknowledged writes checked</dt><dd>1 ");
  }

  @Test
  void showsNoFiguresWithoutAResultAndDoesNotJudgeInvalidRuns() {
    Matrix.Row none = new Matrix.Row("x", "", "", null, PROMISED, null, List.of("left no result"));
    assertThat(draw(none))
        .contains("<strong>Invalid</strong>", "left no result", "0 of 1 drills passed")
        .doesNotContain("<a href='.", "<td class='number'>0");
    History history = Runs.history(List.of(Runs.read(0, 2, 5, "Bad Gateway")));
    Result invalid = Verdict.unreadable(history, List.of(), Runs.RUN, List.of("gone"));
    assertThat(draw(row("", invalid)))
        .contains("gone", "<td class='number'>1<small>≤ 0</small></td>")
        .doesNotContain("broken'");
  }

  @Test
  void showsTheTimesOfTheDrillsEvenIfFilesAreMissing() {
    Result undated =
        Verdict.unreadable(History.EMPTY, List.of(), Run.unknown("x"), List.of("gone"));
    assertThat(draw(row("", undated), row("", good())))
        .contains("started 15 Jan 2027, 08:00:00 UTC · took 0 min 2 s");
    assertThat(draw(row("", undated))).doesNotContain("started");
  }

  @Test
  void showsMarkupAsTextAndLoadsNothingFromOtherPlaces() {
    String nasty = "<script>'\"&";
    Matrix.Row row = new Matrix.Row(nasty, nasty, nasty, nasty, PROMISED, good(), List.of(nasty));
    assertThat(draw(row))
        .doesNotContain("<script", "http:", "https:", "//", "src=", "@import", "<link")
        .contains("href='&lt;script&gt;&#39;&quot;&amp;'");
  }

  @Test
  void hasTheVerdictOfTheWorstDrill() {
    Result failed = result(Map.of(), Runs.write("write post", 20, 1900, "200"));
    Result invalid = Verdict.unreadable(History.EMPTY, List.of(), Runs.RUN, List.of("gone"));
    assertThat(new Matrix(List.of(row("", good()))).verdict()).isEqualTo(Result.Outcome.PASSED);
    assertThat(new Matrix(List.of(row("", failed), row("", good()))).verdict())
        .isEqualTo(Result.Outcome.FAILED);
    assertThat(new Matrix(List.of(row("", invalid), row("", failed))).verdict())
        .isEqualTo(Result.Outcome.INVALID);
  }

  private static String draw(Matrix.Row... rows) {
    return MatrixReport.draw(new Matrix(List.of(rows)));
  }

  private static Matrix.Row row(String component, Result result) {
    return new Matrix.Row("x", component, "fault", "./x.html", PROMISED, result, List.of());
  }

  private static Result good() {
    return result(Map.of("Post 19", 1L), Runs.read(1900, 2, 30, null));
  }

  /** 18 good reads, an acknowledged write, and the given request. */
  private static Result result(Map<String, Long> stored, Request last) {
    List<Request> requests = Runs.goodReads(18);
    requests.add(Runs.write("write post", 19, 1800, "200"));
    requests.add(last);
    return Verdict.of(Runs.stored(requests, stored), Runs.events(), Runs.RUN, Runs.NO_PROMISE);
  }
}
