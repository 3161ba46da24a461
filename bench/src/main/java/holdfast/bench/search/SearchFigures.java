package holdfast.bench.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Figures for result.json.
 *
 * @param coreRssMb the highest resident memory of a core process since its start, in MiB
 * @param statuses the numbers of answers in the access logs, by status
 */
record SearchFigures(List<Case> cases, long coreRssMb, Map<String, Long> statuses) {

  /** The lowest and the highest good answers per second of the rounds. */
  record Spread(double low, double high) {}

  /**
   * The medians over the rounds for one case: one kind of search with one number of clients.
   *
   * @param directRps good answers per second of pgbench, which fetches the whole answer at once
   * @param coreRps good answers per second of one core node
   * @param pathRps good answers per second of the whole path through nginx
   * @param rowsRps like directRps, but pgbench fetches each user as a row; null if not measured
   * @param coreOverDirect coreRps ÷ directRps
   * @param pathOverDirect pathRps ÷ directRps
   * @param p50Ms the latency of the whole path, as is p99Ms
   * @param answerKb the average size of an answer with its headers, in KiB
   * @param refused answers with an error status, over all rounds and ways
   * @param spread the lowest and the highest round, by way
   */
  record Case(
      String searches,
      int clients,
      double directRps,
      double coreRps,
      double pathRps,
      @Nullable Double rowsRps,
      double coreOverDirect,
      double pathOverDirect,
      double p50Ms,
      double p99Ms,
      double answerKb,
      long refused,
      Map<String, Spread> spread) {}

  static List<Case> cases(List<SearchTurn> turns) {
    Map<String, List<SearchTurn>> byCase =
        turns.stream()
            .collect(
                Collectors.groupingBy(
                    turn -> turn.searches() + turn.clients(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return byCase.values().stream().map(SearchFigures::sum).toList();
  }

  private static Case sum(List<SearchTurn> turns) {
    Map<String, List<SearchTurn>> ways =
        turns.stream()
            .collect(Collectors.groupingBy(SearchTurn::way, TreeMap::new, Collectors.toList()));
    double direct = median(ways.get("direct"), SearchTurn::rps);
    double core = median(ways.get("core"), SearchTurn::rps);
    List<SearchTurn> whole = ways.get("path");
    double path = median(whole, SearchTurn::rps);
    Double rows = ways.containsKey("rows") ? median(ways.get("rows"), SearchTurn::rps) : null;
    Map<String, Spread> spread = new TreeMap<>();
    ways.forEach((way, of) -> spread.put(way, spread(of)));
    return new Case(
        turns.getFirst().searches(),
        turns.getFirst().clients(),
        rounded(direct, 1),
        rounded(core, 1),
        rounded(path, 1),
        rows == null ? null : rounded(rows, 1),
        rounded(core / direct, 2),
        rounded(path / direct, 2),
        rounded(median(whole, SearchTurn::p50Ms), 1),
        rounded(median(whole, SearchTurn::p99Ms), 1),
        rounded(median(whole, SearchTurn::answerBytes) / 1024, 1),
        turns.stream().mapToLong(SearchTurn::refused).sum(),
        spread);
  }

  private static Spread spread(List<SearchTurn> turns) {
    double low = turns.stream().mapToDouble(SearchTurn::rps).min().orElseThrow();
    double high = turns.stream().mapToDouble(SearchTurn::rps).max().orElseThrow();
    return new Spread(rounded(low, 1), rounded(high, 1));
  }

  private static double median(
      @Nullable List<SearchTurn> turns, ToDoubleFunction<SearchTurn> figure) {
    if (turns == null) {
      throw new IllegalArgumentException("a way was not measured in each case");
    }
    double[] sorted = turns.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double rounded(double value, int digits) {
    double by = Math.pow(10, digits);
    return Math.round(value * by) / by;
  }
}
