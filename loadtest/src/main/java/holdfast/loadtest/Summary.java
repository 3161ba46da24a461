package holdfast.loadtest;

import holdfast.loadtest.history.Request;
import holdfast.loadtest.verdict.Percentile;
import holdfast.loadtest.verdict.Promises;
import holdfast.loadtest.verdict.Result;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes a result in a few lines for the terminal. */
final class Summary {

  private Summary() {}

  static String of(Result result, Promises promised) {
    Stream<String> returned =
        result.returned().entrySet().stream().map(one -> returned(one.getKey(), one.getValue()));
    Stream<String> reasons = result.reasons().stream().map(reason -> "  - " + reason);
    return Stream.of(
            Stream.of(result.drill() + ": " + result.verdict()),
            reasons,
            figures(result, promised),
            returned)
        .flatMap(lines -> lines)
        .collect(Collectors.joining("\n"));
  }

  private static Stream<String> figures(Result result, Promises promised) {
    Result.Reads reads = result.reads();
    Result.Writes writes = result.writes();
    Result.LatencyMs latency = result.latencyMs();
    String ofReads =
        "  reads: %d sent, %d ok, %d failed; longest gap %d ms"
                .formatted(reads.sent(), reads.ok(), reads.failed(), result.unavailableMs().reads())
            + limit(promised.gapReadsMsMax())
            + again(result.retried().reads());
    String ofWrites =
        "  writes: %d sent, %d acknowledged, %d failed; longest gap %d ms"
                .formatted(
                    writes.sent(), writes.acked(), writes.failed(), result.unavailableMs().writes())
            + limit(promised.gapWritesMsMax())
            + again(result.retried().writes());
    String ofAll =
        "  latency ms: p50 %s, p99 %s, max %s"
            .formatted(orDash(latency.p50()), orDash(latency.p99()), orDash(latency.max()));
    return writes.sent() == 0
        ? Stream.of(ofReads, ofAll)
        : Stream.of(ofReads, ofWrites, stored(writes), ofAll);
  }

  private static String returned(String host, Result.Rejoin is) {
    String again =
        is.afterS() == null ? "served nothing" : "first served after " + is.afterS() + " s";
    String share = is.share() == null ? "" : "; its share " + Math.round(is.share() * 100) + " %";
    return "  %s after healing: %s%s".formatted(host, again, share);
  }

  private static String limit(@Nullable Long most) {
    return most == null ? "" : " (at most " + most + ")";
  }

  private static String again(long retried) {
    return retried == 0 ? "" : "; retried by the client: " + retried;
  }

  private static String stored(Result.Writes writes) {
    return writes.lost() == null
        ? "  in the database: not checked"
        : "  in the database: %d lost, %d duplicated, %d refused but stored; outcome unknown: %d stored, %d not"
            .formatted(
                writes.lost(),
                writes.duplicated(),
                writes.refusedStored(),
                writes.recovered(),
                writes.absent());
  }

  static String of(List<Request> requests) {
    long[] latencies = requests.stream().mapToLong(Request::latencyMs).sorted().toArray();
    long ok = requests.stream().filter(Request::good).count();
    return "sent %d, ok %d, failed %d; latency ms: p50 %s, p99 %s, max %s"
        .formatted(
            requests.size(),
            ok,
            requests.size() - ok,
            orDash(Percentile.of(50, latencies)),
            orDash(Percentile.of(99, latencies)),
            orDash(Percentile.of(100, latencies)));
  }

  private static String orDash(@Nullable Long value) {
    return value == null ? "-" : value.toString();
  }
}
