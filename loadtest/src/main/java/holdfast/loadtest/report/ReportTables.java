package holdfast.loadtest.report;

import holdfast.loadtest.history.Request;
import holdfast.loadtest.report.Table.Cell;
import holdfast.loadtest.timeline.LogHighlight;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Healing;
import holdfast.loadtest.verdict.Percentile;
import holdfast.loadtest.verdict.Promises;
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

/** What the charts show, in figures and words. */
final class ReportTables {

  private static final int FAILURES_SHOWN = 20;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  private ReportTables() {}

  static Table promises(ReportModel model) {
    Promises promised = model.expected().promised();
    Result result = model.result();
    Table table =
        new Table(
            Cell.of("Promise"),
            new Cell("promised", "number"),
            new Cell("measured", "number"),
            Cell.of("kept?"));
    boolean judged = result.verdict() != Result.Outcome.INVALID;
    bound(table, "Failed reads", promised.failedReadsMax(), result.reads().failed(), judged);
    bound(table, "Failed writes", promised.failedWritesMax(), result.writes().failed(), judged);
    bound(
        table,
        "Writes of unknown outcome",
        promised.unknownWritesMax(),
        result.writes().unknown(),
        judged);
    bound(table, "Latency at p99, ms", promised.p99MsMax(), result.latencyMs().p99(), judged);
    gap(table, "reads", promised.gapReadsMsMax(), result.unavailableMs().reads(), judged);
    gap(table, "writes", promised.gapWritesMsMax(), result.unavailableMs().writes(), judged);
    stored(table, "Lost writes", result.writes().lost(), judged);
    stored(table, "Duplicated writes", result.writes().duplicated(), judged);
    stored(table, "Refused writes, yet stored", result.writes().refusedStored(), judged);
    result.returned().forEach((host, is) -> returned(table, host, is, promised, judged));
    boolean healed = Healing.failures(model.run(), result.events()).isEmpty();
    table.row(
        Cell.of("The system heals"),
        new Cell("fully", "number"),
        new Cell(healed ? "fully" : "not fully", "number"),
        kept(healed, judged));
    return table;
  }

  private static void gap(Table table, String what, @Nullable Long most, long is, boolean judged) {
    bound(table, "Longest gap in " + what + ", ms", most, is, judged);
  }

  private static void returned(
      Table table, String host, Result.Rejoin is, Promises promised, boolean judged) {
    Double least = promised.returnedShareMin();
    Double share = is.share();
    if (least != null) {
      String after = promised.returnedWithinS() + " s after its healing";
      table.row(
          Cell.of("Share of " + host + " from " + after + " on, %"),
          new Cell("at least " + Html.decimal(least * 100), "number"),
          new Cell(share == null ? "–" : Html.decimal(share * 100), "number"),
          kept(share != null && share >= least, judged && share != null));
    }
  }

  /** Every drill promises none; nothing is said where nobody looked. */
  private static void stored(Table table, String what, @Nullable Long is, boolean judged) {
    bound(table, what, is == null ? null : 0L, is, judged);
  }

  private static void bound(
      Table table, String what, @Nullable Long most, @Nullable Long is, boolean judged) {
    if (most != null) {
      boolean kept = is != null && is <= most;
      table.row(
          Cell.of(what),
          new Cell("at most " + Html.number(most), "number"),
          is == null ? new Cell("–", "number") : Cell.number(is),
          kept(kept, judged));
    }
  }

  private static Cell kept(boolean kept, boolean judged) {
    if (!judged) {
      return new Cell("not judged", "mark");
    }
    return new Cell(kept ? "✓ kept" : "✕ broken", kept ? "mark yes" : "mark no");
  }

  /** Reads first; each request by the plan's own name for it. */
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

  /** Without a column for the time after healing began if no load was on then. */
  static String shares(ReportModel model, Map<String, Result.Phases> counts, String node) {
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
    String none =
        "<p class='hint'>The load ended before healing began: nothing was served after it.</p>\n";
    return table + (after ? "" : none);
  }

  private static Cell[] cells(boolean withLast, Cell... cells) {
    return withLast ? cells : Arrays.copyOf(cells, cells.length - 1);
  }

  static String failures(ReportModel model) {
    List<Request> failed =
        model.history().requests().stream().filter(request -> !request.good()).toList();
    if (failed.isEmpty()) {
      return "<p class='hint'>None.</p>\n";
    }
    Table table =
        new Table(
            new Cell("due at second", "number"),
            new Cell("latency, ms", "number"),
            Cell.of("request"),
            Cell.of("answer"),
            Cell.of("why it is no good answer"));
    failed.stream().limit(FAILURES_SHOWN).forEach(request -> failure(table, request, model));
    String hidden =
        "<p class='hint'>The first %d of %d; all are in load.jtl.</p>%n"
            .formatted(FAILURES_SHOWN, failed.size());
    return table + (failed.size() > FAILURES_SHOWN ? hidden : "");
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

  /** A sentence for each of these nodes that was healed under the load. */
  static String returned(ReportModel model, Set<String> nodes) {
    return model.result().returned().entrySet().stream()
        .filter(entry -> nodes.contains(entry.getKey()))
        .map(entry -> returned(entry.getKey(), entry.getValue()))
        .map(sentence -> "<p>" + Html.escape(sentence) + "</p>\n")
        .collect(Collectors.joining());
  }

  private static String returned(String host, Result.Rejoin is) {
    Double afterS = is.afterS();
    Double share = is.share();
    return afterS == null
        ? host + " served nothing after it was healed."
        : "%s was back after %s s%s."
            .formatted(
                host,
                Html.decimal(afterS),
                share == null ? "" : " and then served %d %%".formatted(Math.round(share * 100)));
  }

  private static String second(long atMs, ReportModel model) {
    return String.format(Locale.ROOT, "%.2f", (atMs - model.startMs()) / 1000.0);
  }

  private static String orDash(@Nullable String text) {
    return text == null || text.isBlank() ? "–" : text;
  }
}
