package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.chart.Svg;
import holdfast.loadtest.history.ServedRequest;
import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The report of one drill: a single file that works offline, on screen and on paper. */
public final class DrillReport {

  static final DateTimeFormatter STARTED =
      DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss 'UTC'", Locale.UK).withZone(ZoneOffset.UTC);

  /** The data of drill.html. Parts that are null or empty are left out. */
  private record Content(
      String title,
      String look,
      String drill,
      String promise,
      @Nullable LoadLine load,
      OutcomeView outcome,
      List<String> reasons,
      List<Figure> figures,
      boolean unproved,
      @Nullable Table promises,
      @Nullable Table requests,
      @Nullable Charts charts,
      @Nullable Table failures,
      String hiddenFailures,
      @Nullable Table highlights) {}

  /** The line about the load. */
  private record LoadLine(String rate, String seconds, String started, String version) {}

  /** Everything that needs a time axis. */
  private record Charts(
      Svg events,
      Table eventTable,
      @Nullable Roles roles,
      Svg rate,
      Legend rateLegend,
      Svg latency,
      Legend latencyLegend,
      ServedBy apps,
      ServedBy databases) {}

  /** The holders of each role. */
  private record Roles(Svg chart, boolean failover) {}

  /** The marks that a chart has. */
  private record Legend(
      boolean reads,
      boolean writes,
      boolean failed,
      boolean p50,
      boolean p99,
      boolean max,
      boolean promised) {

    static Legend ofRate(Svg chart) {
      return new Legend(
          chart.has("ok"), chart.has("ok write"), chart.has("failed"), false, false, false, false);
    }

    static Legend ofLatency(Svg chart) {
      return new Legend(
          chart.has("point"),
          chart.has("point write"),
          chart.has("cross"),
          chart.has("line p50"),
          chart.has("line p99"),
          chart.has("line max"),
          chart.has("promised"));
    }
  }

  /** The requests that each node of one kind served. */
  private record ServedBy(Svg chart, List<String> returned, Table counts, boolean loadEndedEarly) {}

  private DrillReport() {}

  public static void write(Path file, ReportModel model) throws IOException {
    Files.writeString(file, draw(model));
  }

  static String draw(ReportModel model) {
    Result result = model.result();
    OutcomeView outcome = new OutcomeView(result.verdict());
    return Templates.render(
        "drill.html",
        new Content(
            result.drill() + ": " + outcome.word(),
            "",
            result.drill(),
            model.promise(),
            model.isBlank() ? null : load(model),
            outcome,
            result.reasons(),
            Figure.of(result),
            result.writes().sent() > 0 && result.writes().lost() == null,
            model.expected().promised().none() ? null : PromiseTable.of(model),
            model.history().requests().isEmpty() ? null : ReportTables.requests(model),
            model.isBlank() ? null : charts(model),
            ReportTables.failures(model),
            ReportTables.hiddenFailures(model),
            model.timeline().highlights().isEmpty() ? null : ReportTables.highlights(model)));
  }

  private static LoadLine load(ReportModel model) {
    Run.Load load = model.run().load();
    return new LoadLine(
        Html.decimal(load.rate()),
        Html.decimal(load.durationS()),
        STARTED.format(Instant.ofEpochMilli(model.startMs())),
        model.run().version());
  }

  private static Charts charts(ReportModel model) {
    TimeAxis time = TimeAxis.of(model);
    Svg rate = RateChart.draw(model, time);
    Svg latency = LatencyChart.draw(model, time);
    return new Charts(
        EventChart.draw(model, time),
        ReportTables.events(model),
        model.timeline().lanes().isEmpty()
            ? null
            : new Roles(RoleChart.draw(model, time), !model.timeline().failovers().isEmpty()),
        rate,
        Legend.ofRate(rate),
        latency,
        Legend.ofLatency(latency),
        served(model, time, "app node", model.result().perApp(), model.history().byApp()),
        served(model, time, "database", model.result().perReplica(), model.history().byDatabase()));
  }

  private static ServedBy served(
      ReportModel model,
      TimeAxis time,
      String kind,
      Map<String, Result.Phases> counts,
      List<ServedRequest> served) {
    return new ServedBy(
        ServedChart.draw(model, time, counts.keySet(), served, "Requests per second by " + kind),
        ReportTables.returned(model, counts.keySet()),
        ReportTables.shares(model, counts, kind),
        !model.loadOutlastsFaults());
  }
}
