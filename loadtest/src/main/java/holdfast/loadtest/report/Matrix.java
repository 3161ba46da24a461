package holdfast.loadtest.report;

import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The runs of many drills, in the order in which the caller named them. */
public record Matrix(List<Row> rows) {

  /**
   * The run of one drill.
   *
   * @param component the component with the fault; empty if the drill doesn't name it
   * @param report the path to its report, relative to the matrix; null if there is none
   * @param result null if it can't be read
   * @param problems why the run's files can't be read; empty if they can
   */
  public record Row(
      String name,
      String component,
      String fault,
      @Nullable String report,
      Promises promised,
      @Nullable Result result,
      List<String> problems) {

    public Result.Outcome verdict() {
      return result == null || !problems.isEmpty() ? Result.Outcome.INVALID : result.verdict();
    }

    List<String> reasons() {
      List<String> ofResult = result == null ? List.of() : result.reasons();
      return Stream.concat(problems.stream(), ofResult.stream()).toList();
    }
  }

  public long count(Result.Outcome outcome) {
    return rows.stream().filter(row -> row.verdict() == outcome).count();
  }

  /** The worst verdict: the one with the highest exit code. */
  public Result.Outcome verdict() {
    return rows.stream()
        .map(Row::verdict)
        .max(Comparator.comparingInt(Result.Outcome::exitCode))
        .orElse(Result.Outcome.INVALID);
  }

  Map<String, List<Row>> byComponent() {
    return rows.stream()
        .collect(Collectors.groupingBy(Row::component, LinkedHashMap::new, Collectors.toList()));
  }

  long requests() {
    return results().mapToLong(result -> result.reads().sent() + result.writes().sent()).sum();
  }

  /** The acknowledged writes of all runs whose database was checked. */
  long lookedFor() {
    return sum(Result.Writes::acked);
  }

  long lost() {
    return sum(writes -> Objects.requireNonNullElse(writes.lost(), 0L));
  }

  long duplicated() {
    return sum(writes -> Objects.requireNonNullElse(writes.duplicated(), 0L));
  }

  private long sum(ToLongFunction<Result.Writes> figure) {
    return results().map(Result::writes).filter(it -> it.lost() != null).mapToLong(figure).sum();
  }

  /** Empty if no run has a date. */
  Optional<Instant> started() {
    return dated().map(Matrix::startOf).min(Comparator.naturalOrder());
  }

  /** From the start of the first load to the last event of a drill. */
  Duration took() {
    return started()
        .flatMap(start ->
            dated()
                .map(Matrix::endOf)
                .max(Comparator.naturalOrder())
                .map(end -> Duration.between(start, end)))
        .orElse(Duration.ZERO);
  }

  private static Instant startOf(Result result) {
    return Instant.parse(result.started());
  }

  private static Instant endOf(Result result) {
    Instant loadEnd = startOf(result).plusMillis(Math.round(result.durationS() * 1000));
    return Stream.concat(
            Stream.of(loadEnd),
            result.events().stream().map(event -> Instant.ofEpochMilli(event.atMs())))
        .max(Comparator.naturalOrder())
        .orElse(loadEnd);
  }

  /** A run whose run.json couldn't be read has no date. */
  private Stream<Result> dated() {
    return results().filter(result -> startOf(result).isAfter(Instant.EPOCH));
  }

  private Stream<Result> results() {
    return rows.stream().map(Row::result).filter(Objects::nonNull);
  }
}
