package holdfast.loadtest.report;

import holdfast.loadtest.verdict.Result;
import holdfast.loadtest.verdict.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report: one file that needs nothing else, offline, on screen and on paper. */
public final class DrillReport {

  static final DateTimeFormatter STARTED =
      DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss 'UTC'", Locale.UK).withZone(ZoneOffset.UTC);

  private DrillReport() {}

  public static void write(Path file, ReportModel model) throws IOException {
    Files.writeString(file, draw(model));
  }

  static String draw(ReportModel model) {
    return document(
        model.result().drill() + ": " + word(model.result().verdict()),
        "",
        head(model)
            + Headline.verdict(model)
            + Headline.figures(model.result())
            + promises(model)
            + (model.history().requests().isEmpty()
                ? ""
                : section("What was asked", "", ReportTables.requests(model).toString()))
            + (model.isBlank() ? "" : charts(model))
            + failures(model)
            + highlights(model)
            + resource("footer.html"));
  }

  /** A whole page in the report's look. */
  static String document(String title, String look, String content) {
    return "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        + "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        + "<title>%s</title>\n<style>\n%s</style>\n</head>\n<body class='%s'>\n"
            .formatted(Html.escape(title), resource("report.css"), look)
        + resource("legend.svg")
        + content
        + "</body>\n</html>\n";
  }

  static String word(Result.Outcome outcome) {
    String name = outcome.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String head(ReportModel model) {
    return """
    <header>
    <p class='over'>Holdfast failover drill</p>
    <h1>%s</h1>
    <p class='promise'>%s</p>
    %s</header>
    """
        .formatted(
            Html.escape(model.result().drill()),
            Html.escape(model.promise()),
            model.isBlank() ? "" : meta(model));
  }

  private static String meta(ReportModel model) {
    Run.Load load = model.run().load();
    return "<p class='meta'>%s requests a second for %s s · started %s</p>%n"
        .formatted(
            Html.decimal(load.rate()),
            Html.decimal(load.durationS()),
            STARTED.format(Instant.ofEpochMilli(model.startMs())));
  }

  private static String promises(ReportModel model) {
    return model.expected().promised().none()
        ? ""
        : section("Promises", "", ReportTables.promises(model).toString());
  }

  private static String charts(ReportModel model) {
    TimeAxis time = TimeAxis.of(model);
    String rate = RateChart.draw(model, time);
    String latency = LatencyChart.draw(model, time);
    return section(
            "What was done",
            "The drill's events. Their numbers mark the same moments in every chart below; the"
                + " shaded time is that with faults in place.",
            figure(resource("events-legend.html"), EventChart.draw(model, time))
                + ReportTables.events(model))
        + roles(model, time)
        + section(
            "Requests",
            "Each bar is a second of requests, by the time they were due.",
            figure(legend("requests-legend.html", rate), rate))
        + section(
            "Latency",
            "From the moment a request was due to the end of its answer, so that a stall of the"
                + " service or of the load generator shows.",
            figure(legend("latency-legend.html", latency), latency))
        + section(
            "Served by app node",
            "Requests a second that each node answered, by nginx's access log.",
            lanes(model, time, true)
                + ReportTables.returned(model, model.result().perApp().keySet())
                + ReportTables.shares(model, model.result().perApp(), "app node"))
        + section(
            "Served by database",
            "Requests a second that each database answered, by core's access log. At a low rate few"
                + " of the pools' connections are in use, and they may lead to one replica.",
            lanes(model, time, false)
                + ReportTables.returned(model, model.result().perReplica().keySet())
                + ReportTables.shares(model, model.result().perReplica(), "database"));
  }

  private static String lanes(ReportModel model, TimeAxis time, boolean apps) {
    return "<figure>%s</figure>\n"
        .formatted(
            apps
                ? ServedChart.draw(
                    model,
                    time,
                    model.result().perApp().keySet(),
                    model.history().byApp(),
                    "Requests a second by app node")
                : ServedChart.draw(
                    model,
                    time,
                    model.result().perReplica().keySet(),
                    model.history().byDatabase(),
                    "Requests a second by database"));
  }

  private static String roles(ReportModel model, TimeAxis time) {
    String steps =
        model.timeline().failovers().isEmpty()
            ? ""
            : " Each step of the failover runs from the known moment before it, the first from the"
                + " fault.";
    return model.timeline().lanes().isEmpty()
        ? ""
        : section(
            "Who served",
            "Who led and who held the VIP, by the machines' own logs; a leader that falls silent"
                + " is shown until its last word."
                + steps,
            "<figure>" + RoleChart.draw(model, time) + "</figure>\n");
  }

  private static String failures(ReportModel model) {
    return section("Failed requests", "", ReportTables.failures(model));
  }

  private static String highlights(ReportModel model) {
    return model.timeline().highlights().isEmpty()
        ? ""
        : section(
            "What the machines said",
            "The most telling lines around the faults and their healing; all are in merged.log.",
            ReportTables.highlights(model).toString());
  }

  static String section(String title, String hint, String content) {
    String explained = hint.isEmpty() ? "" : "<p class='hint'>" + Html.escape(hint) + "</p>\n";
    return "<section>\n<h2>"
        + Html.escape(title)
        + "</h2>\n"
        + explained
        + content
        + "</section>\n";
  }

  private static String figure(String legend, String chart) {
    return "<figure>\n" + legend + chart + "</figure>\n";
  }

  /** Those lines of the legend whose mark the chart has. */
  private static String legend(String name, String chart) {
    return resource(name)
        .lines()
        .filter(line -> !line.startsWith("<span>") || chart.contains(mark(line)))
        .collect(Collectors.joining("\n"));
  }

  private static String mark(String line) {
    int at = line.indexOf("class=\"");
    return line.substring(at, line.indexOf('"', at + 7) + 1).replace('"', '\'');
  }

  static String resource(String name) {
    try (InputStream in = DrillReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("loadtest.jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
