package holdfast.loadtest.report;

import holdfast.loadtest.verdict.Result;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The top of the page: the verdict with its reasons, and the figures that matter most. */
final class Headline {

  private static final String NOT_LOOKED_FOR =
      "<p class='hint'>A write counts as good by its answer: nobody has looked into the database"
          + " for writes that were lost or are there twice.</p>\n";

  private Headline() {}

  static String verdict(ReportModel model) {
    Result result = model.result();
    String content =
        switch (result.verdict()) {
          case PASSED ->
              "<p>Every fault was proved under the load and lasted until healing began, every"
                  + " promise was kept, and the system healed.</p>";
          case FAILED -> "<p>A promise was broken:</p>";
          case INVALID -> "<p>This run shows nothing about the system, for better or worse:</p>";
        };
    return """
    <section class='verdict %s'>
    %s<div><strong>%s</strong>
    %s
    %s</div>
    </section>
    """
        .formatted(
            look(result.verdict()),
            sign(result.verdict()),
            DrillReport.word(result.verdict()),
            content,
            reasons(result));
  }

  private static String reasons(Result result) {
    return result.reasons().isEmpty()
        ? ""
        : result.reasons().stream()
            .map(reason -> "<li>" + Html.escape(reason) + "</li>\n")
            .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
  }

  static String look(Result.Outcome outcome) {
    return switch (outcome) {
      case PASSED -> "passed";
      case FAILED -> "failed-run";
      case INVALID -> "invalid";
    };
  }

  /** Circle, octagon or triangle: told apart without colour. */
  static String sign(Result.Outcome outcome) {
    String shape =
        switch (outcome) {
          case PASSED ->
              "<circle class='shape' cx='24' cy='24' r='22'/><path d='M14 25l7 7 14-16'/>";
          case FAILED ->
              "<polygon class='shape' points='15,2 33,2 46,15 46,33 33,46 15,46 2,33 2,15'/>"
                  + "<path d='M16 16l16 16M32 16L16 32'/>";
          case INVALID ->
              "<polygon class='shape' points='24,3 47,45 1,45'/><path d='M24 18v13M24 38v0.5'/>";
        };
    return "<svg viewBox='0 0 48 48' aria-hidden='true'>" + shape + "</svg>\n";
  }

  static String figures(Result result) {
    Result.Reads reads = result.reads();
    Result.Writes writes = result.writes();
    Result.LatencyMs latency = result.latencyMs();
    boolean wrote = writes.sent() > 0;
    return "<dl class='figures'>\n"
        + figure("reads sent", reads.sent(), "", false)
        + figure(wrote ? "reads failed" : "failed", reads.failed(), "", reads.failed() > 0)
        + (wrote ? figure("writes sent", writes.sent(), "", false) : "")
        + (wrote ? figure("writes failed", writes.failed(), "", writes.failed() > 0) : "")
        + (wrote ? stored(writes) : "")
        + again("reads sent again", result.retried().reads())
        + again("writes sent again", result.retried().writes())
        + figure("latency p50", latency.p50(), "ms", false)
        + figure("latency p99", latency.p99(), "ms", false)
        + figure("slowest", latency.max(), "ms", false)
        + figure("longest gap in reads", result.unavailableMs().reads(), "ms", false)
        + (wrote
            ? figure("longest gap in writes", result.unavailableMs().writes(), "ms", false)
            : "")
        + "</dl>\n"
        + (wrote && writes.lost() == null ? NOT_LOOKED_FOR : "");
  }

  private static String again(String name, long retried) {
    return retried > 0 ? figure(name, retried, "", false) : "";
  }

  /** What the database showed; nothing where nobody looked. */
  private static String stored(Result.Writes writes) {
    return count("writes lost", writes.lost())
        + count("writes duplicated", writes.duplicated())
        + (isAbove0(writes.refusedStored())
            ? count("refused, yet stored", writes.refusedStored())
            : "");
  }

  private static String count(String name, @Nullable Long value) {
    return value == null ? "" : figure(name, value, "", isAbove0(value));
  }

  private static boolean isAbove0(@Nullable Long value) {
    return value != null && value > 0;
  }

  static String figure(String name, @Nullable Long value, String unit, boolean alarm) {
    return "<div%s><dt>%s</dt><dd>%s <small>%s</small></dd></div>%n"
        .formatted(
            alarm ? " class='alarm'" : "", name, value == null ? "–" : Html.number(value), unit);
  }
}
