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
public final class Page {

  static final DateTimeFormatter STARTED =
      DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss 'UTC'", Locale.UK).withZone(ZoneOffset.UTC);

  private Page() {}

  public static void write(Path file, Story story) throws IOException {
    Files.writeString(file, draw(story));
  }

  static String draw(Story story) {
    return document(
        story.result().drill() + ": " + word(story.result().verdict()),
        "",
        head(story)
            + Headline.verdict(story)
            + Headline.figures(story.result())
            + promises(story)
            + (story.history().requests().isEmpty()
                ? ""
                : section("What was asked", "", Tables.requests(story).toString()))
            + (story.isBlank() ? "" : charts(story))
            + failures(story)
            + sayings(story)
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

  private static String head(Story story) {
    return """
    <header>
    <p class='over'>Holdfast failover drill</p>
    <h1>%s</h1>
    <p class='promise'>%s</p>
    %s</header>
    """
        .formatted(
            Html.escape(story.result().drill()),
            Html.escape(story.promise()),
            story.isBlank() ? "" : meta(story));
  }

  private static String meta(Story story) {
    Run.Load load = story.run().load();
    return "<p class='meta'>%s requests a second for %s s · started %s</p>%n"
        .formatted(
            Html.decimal(load.rate()),
            Html.decimal(load.durationS()),
            STARTED.format(Instant.ofEpochMilli(story.startMs())));
  }

  private static String promises(Story story) {
    return story.expected().promised().none()
        ? ""
        : section("Promises", "", Tables.promises(story).toString());
  }

  private static String charts(Story story) {
    TimeAxis time = TimeAxis.of(story);
    String rate = RateChart.draw(story, time);
    String latency = LatencyChart.draw(story, time);
    return section(
            "What was done",
            "The drill's events. Their numbers mark the same moments in every chart below; the"
                + " shaded time is that with faults in place.",
            figure(resource("events-legend.html"), Ribbon.draw(story, time)) + Tables.events(story))
        + roles(story, time)
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
            lanes(story, time, true)
                + Tables.returned(story, story.result().perApp().keySet())
                + Tables.shares(story, story.result().perApp(), "app node"))
        + section(
            "Served by database",
            "Requests a second that each database answered, by core's access log. At a low rate few"
                + " of the pools' connections are in use, and they may lead to one replica.",
            lanes(story, time, false)
                + Tables.returned(story, story.result().perReplica().keySet())
                + Tables.shares(story, story.result().perReplica(), "database"));
  }

  private static String lanes(Story story, TimeAxis time, boolean apps) {
    return "<figure>%s</figure>\n"
        .formatted(
            apps
                ? LaneChart.draw(
                    story,
                    time,
                    story.result().perApp().keySet(),
                    story.history().byApp(),
                    "Requests a second by app node")
                : LaneChart.draw(
                    story,
                    time,
                    story.result().perReplica().keySet(),
                    story.history().byDatabase(),
                    "Requests a second by database"));
  }

  private static String roles(Story story, TimeAxis time) {
    String steps =
        story.timeline().failovers().isEmpty()
            ? ""
            : " Each step of the failover runs from the known moment before it, the first from the"
                + " fault.";
    return story.timeline().lanes().isEmpty()
        ? ""
        : section(
            "Who served",
            "Who led and who held the VIP, by the machines' own logs; a leader that falls silent"
                + " is shown until its last word."
                + steps,
            "<figure>" + RoleChart.draw(story, time) + "</figure>\n");
  }

  private static String failures(Story story) {
    return section("Failed requests", "", Tables.failures(story));
  }

  private static String sayings(Story story) {
    return story.timeline().sayings().isEmpty()
        ? ""
        : section(
            "What the machines said",
            "The most telling lines around the faults and their healing; all are in merged.log.",
            Tables.sayings(story).toString());
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
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("loadtest.jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
