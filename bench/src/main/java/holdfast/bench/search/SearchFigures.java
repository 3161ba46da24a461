package holdfast.bench.search;

import holdfast.bench.common.Median;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Figures for result.json.
 *
 * @param coreRssMb the highest resident memory of a core process since its start, in MiB
 * @param statuses the numbers of answers in nginx's access logs, by status
 * @param kept the same numbers by what nginx did with its kept answers, such as HIT
 */
record SearchFigures(
    List<Case> cases, long coreRssMb, Map<String, Long> statuses, Map<String, Long> kept) {

  /** All ways, in the order of the reports. ansible/tasks/bench_search.yml explains them. */
  private static final List<String> WAYS =
      List.of("direct", "rows", "core", "cold", "warm", "writes", "gzip");

  /**
   * The medians over the rounds for one way.
   *
   * @param rps good answers per second
   * @param low the lowest round
   * @param high the highest round
   * @param overDirect rps ÷ rps of direct
   * @param p50Ms the latency; like p99Ms and answerKb, it is null for pgbench
   * @param answerKb the average size of an answer with its headers, as it is sent, in KiB
   */
  record Way(
      double rps,
      double low,
      double high,
      double overDirect,
      @Nullable Double p50Ms,
      @Nullable Double p99Ms,
      @Nullable Double answerKb) {}

  /**
   * One kind of search with one number of clients.
   *
   * @param refused answers with an error status, over all rounds and ways
   * @param writes the users who registered during the way `writes`; null if it was not measured
   */
  record Case(
      String searches, int clients, Map<String, Way> ways, long refused, @Nullable Writes writes) {

    String name() {
      return searches + ", " + clients + " clients";
    }
  }

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
    Map<String, List<SearchTurn>> byWay =
        turns.stream().collect(Collectors.groupingBy(SearchTurn::way));
    if (!byWay.containsKey("direct")) {
      throw new IllegalArgumentException("the way `direct` was not measured in each case");
    }
    double direct = median(byWay.get("direct"), SearchTurn::rps);
    Map<String, Way> ways = new LinkedHashMap<>();
    for (String way : WAYS) {
      if (byWay.containsKey(way)) {
        ways.put(way, way(byWay.get(way), direct));
      }
    }
    List<Writes> writes = turns.stream().map(SearchTurn::writes).filter(Objects::nonNull).toList();
    return new Case(
        turns.getFirst().searches(),
        turns.getFirst().clients(),
        ways,
        turns.stream().mapToLong(SearchTurn::refused).sum(),
        writes.isEmpty() ? null : Writes.sum(writes));
  }

  private static Way way(List<SearchTurn> turns, double direct) {
    double rps = median(turns, SearchTurn::rps);
    double low = turns.stream().mapToDouble(SearchTurn::rps).min().orElseThrow();
    double high = turns.stream().mapToDouble(SearchTurn::rps).max().orElseThrow();
    boolean isWrk = !Double.isNaN(turns.getFirst().p50Ms());
    return new Way(
        rounded(rps, 1),
        rounded(low, 1),
        rounded(high, 1),
        rounded(rps / direct, 2),
        isWrk ? rounded(median(turns, SearchTurn::p50Ms), 1) : null,
        isWrk ? rounded(median(turns, SearchTurn::p99Ms), 1) : null,
        isWrk ? rounded(median(turns, SearchTurn::answerBytes) / 1024, 1) : null);
  }

  private static double median(List<SearchTurn> turns, ToDoubleFunction<SearchTurn> figure) {
    return Median.of(turns.stream().mapToDouble(figure).boxed().toList());
  }

  private static double rounded(double value, int digits) {
    double by = Math.pow(10, digits);
    return Math.round(value * by) / by;
  }
}
