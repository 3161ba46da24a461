package holdfast.loadtest.verdict;

import holdfast.loadtest.history.History;
import holdfast.loadtest.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks that the load was sent as planned, and that there was no other load. */
final class LoadCheck {

  /** With a longer lag at p99, the load was different from the planned one. */
  static final long LAG_P99_MAX_MS = 1000;

  /** The machines' clocks differ slightly, so a few lines fall outside the run's time. */
  private static final double LOG_TOLERANCE = 0.01;

  private final List<String> objections = new ArrayList<>();

  private LoadCheck() {}

  static List<String> objections(History history, Run run) {
    LoadCheck load = new LoadCheck();
    load.ran(history.requests(), run);
    load.onTime(history.requests());
    load.nodesLogged(history);
    return load.objections;
  }

  private void ran(List<Request> requests, Run run) {
    if (requests.size() != run.load().requests()) {
      objections.add(
          "The load should have sent %d requests, but its results hold %d"
              .formatted(run.load().requests(), requests.size()));
    }
    long early = Schedule.endsEarlyMs(run);
    if (early > 0) {
      objections.add(
          String.format(
              Locale.ROOT,
              "The load ended %.1f s before its last request was due",
              early / 1000.0));
    }
  }

  private void onTime(List<Request> requests) {
    long[] lags =
        requests.stream()
            .filter(request -> !request.isUnanswered() && !request.again())
            .mapToLong(Request::lagMs)
            .sorted()
            .toArray();
    Long lag = Percentile.of(99, lags);
    if (lag != null && lag > LAG_P99_MAX_MS) {
      objections.add(
          "The load generator couldn't keep up: at p99 it sent requests %d ms late (limit %d ms)"
              .formatted(lag, LAG_P99_MAX_MS));
    }
  }

  private void nodesLogged(History history) {
    if (history.requests().isEmpty()) {
      return;
    }
    if (history.byApp().isEmpty()) {
      objections.add("nginx's access log names no known app node during the run");
    } else {
      reconciled(history);
    }
    if (history.byDatabase().isEmpty()) {
      objections.add("core's access log names no known database during the run");
    }
  }

  /**
   * nginx logs one line per request that reaches it, however many nodes it tries. So there is at
   * least one line for each good answer, and at most one for each try of the client. More lines
   * mean other traffic, which the figures don't include. Fewer lines mean that the log is
   * incomplete and can't tell which node served.
   */
  private void reconciled(History history) {
    int logged = history.byApp().size();
    int asked = history.requests().size();
    long again = history.requests().stream().filter(Request::again).count();
    long good = history.requests().stream().filter(Request::good).count();
    double slack = Math.ceil(asked * LOG_TOLERANCE);
    if (logged < good - slack || logged > asked + again + slack) {
      objections.add(
          "nginx logged %d answers for %d requests: there was other traffic, or log lines were lost"
              .formatted(logged, asked));
    }
  }
}
