package holdfast.loadtest.report;

import holdfast.loadtest.chart.Html;
import holdfast.loadtest.history.Request;
import holdfast.loadtest.report.Table.Cell;
import holdfast.loadtest.timeline.LogHighlight;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Percentile;
import holdfast.loadtest.verdict.Result;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of a drill's report. */
final class ReportTables {

  private static final int FAILURES_SHOWN = 20;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  private ReportTables() {}

  /** One row for each kind of request, by its name in the plan; reads come first. */
  static Table requests(ReportModel model) {
    Table table =
        new Table(
            Cell.of("Request"),
            new Cell("sent", "number"),
            new Cell("failed", "number"),
            new Cell("p50, ms", "number"),
            new Cell("p99, ms", "number"),
            new Cell("slowest, ms", "number"));
    model.history().requests().stream()
        .collect(Collectors.groupingBy(ReportTables::name, TreeMap::new, Collectors.toList()))
        .forEach((name, requests) -> request(table, name, requests));
    return table;
  }

  private static String name(Request request) {
    return request.isUnanswered() ? "unknown: never answered" : request.label();
  }

  private static void request(Table table, String name, List<Request> requests) {
    long[] latencies = requests.stream().mapToLong(Request::latencyMs).sorted().toArray();
    table.row(
        Cell.of(name),
        Cell.number(requests.size()),
        Cell.number(requests.stream().filter(request -> !request.good()).count()),
        Cell.number(Percentile.among(50, latencies)),
        Cell.number(Percentile.among(99, latencies)),
        Cell.number(Percentile.among(100, latencies)));
  }

  static Table events(ReportModel model) {
    Table table =
        new Table(
            new Cell("#", "number"),
            new Cell("second", "number"),
            Cell.of("UTC"),
            Cell.of("event"),
            Cell.of("machine"),
            Cell.of("unit"),
            Cell.of("what"));
    List<Event> events = model.events();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      table.row(
          Cell.number(i + 1),
          new Cell(second(event.atMs(), model), "number"),
          new Cell(CLOCK.format(Instant.ofEpochMilli(event.atMs())), "still"),
          new Cell(event.kind().words(), "still"),
          Cell.of(orDash(event.host())),
          Cell.of(orDash(event.unit())),
          Cell.of(orDash(event.text())));
    }
    return table;
  }

  /** If the load ended before healing began, the last column is left out. */
  static Table shares(ReportModel model, Map<String, Result.Phases> counts, String node) {
    boolean after = model.loadOutlastsFaults();
    Table table =
        new Table(
            cells(
                after,
                Cell.of(node),
                new Cell("before the first fault", "number"),
                new Cell("during the faults", "number"),
                new Cell("after healing began", "number")));
    counts.forEach((name, count) ->
        table.row(
            cells(
                after,
                Cell.of(name),
                Cell.number(count.before()),
                Cell.number(count.during()),
                Cell.number(count.after()))));
    return table;
  }

  private static Cell[] cells(boolean withLast, Cell... cells) {
    return withLast ? cells : Arrays.copyOf(cells, cells.length - 1);
  }

  /** The first failed requests; null if none failed. */
  static @Nullable Table failures(ReportModel model) {
    List<Request> failed = failed(model);
    if (failed.isEmpty()) {
      return null;
    }
    Table table =
        new Table(
            new Cell("due at second", "number"),
            new Cell("latency, ms", "number"),
            Cell.of("request"),
            Cell.of("answer"),
            Cell.of("reason"));
    failed.stream().limit(FAILURES_SHOWN).forEach(request -> failure(table, request, model));
    return table;
  }

  /** A sentence if the table doesn't show all failures; otherwise empty. */
  static String hiddenFailures(ReportModel model) {
    int count = failed(model).size();
    return count > FAILURES_SHOWN
        ? "The first %d of %d. load.jtl has all those that got an answer."
            .formatted(FAILURES_SHOWN, count)
        : "";
  }

  private static List<Request> failed(ReportModel model) {
    return model.history().requests().stream().filter(request -> !request.good()).toList();
  }

  private static void failure(Table table, Request request, ReportModel model) {
    table.row(
        new Cell(second(request.dueMs(), model), "number"),
        Cell.number(request.latencyMs()),
        Cell.of(request.label()),
        Cell.of(request.code()),
        Cell.of(request.failure()));
  }

  static Table highlights(ReportModel model) {
    Table table =
        new Table(
            new Cell("second", "number"), Cell.of("machine"), Cell.of("unit"), Cell.of("line"));
    for (LogHighlight highlight : model.timeline().highlights()) {
      String count = highlight.count() > 1 ? " (" + highlight.count() + " times)" : "";
      table.row(
          new Cell(second(highlight.atMs(), model), "number"),
          new Cell(highlight.machine(), "still"),
          new Cell(highlight.unit(), "still"),
          Cell.of(highlight.text() + count));
    }
    return table;
  }

  /** A sentence for each of these nodes that was healed under load. */
  static List<String> returned(ReportModel model, Set<String> nodes) {
    return model.result().returned().entrySet().stream()
        .filter(entry -> nodes.contains(entry.getKey()))
        .map(entry -> returned(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static String returned(String host, Result.Rejoin is) {
    Double afterS = is.afterS();
    Double share = is.share();
    return afterS == null
        ? host + " served nothing after it was healed."
        : "%s served again %s s after it was healed%s."
            .formatted(
                host,
                Html.decimal(afterS),
                share == null
                    ? ""
                    : ", and then %d %% of the requests".formatted(Math.round(share * 100)));
  }

  private static String second(long atMs, ReportModel model) {
    return String.format(Locale.ROOT, "%.2f", (atMs - model.startMs()) / 1000.0);
  }

  private static String orDash(@Nullable String text) {
    return text == null || text.isBlank() ? "–" : text;
  }
}
