package holdfast.bench.writes;

import holdfast.bench.client.ApiClient;
import holdfast.bench.client.ApiClient.Person;
import holdfast.bench.client.Metrics;
import holdfast.bench.client.ParallelRunner;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Latency;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Checks that users read their own writes, with pairs of a write and a read over all combinations
 * of app nodes.
 */
public final class OwnWritesBench implements Benchmark {

  private static final int MOST_TOLD = 20;
  private static final String BEHIND = "behind";
  private static final String[] REASONS = {"fresh", BEHIND, "unknown", "unproven"};

  /**
   * Figures for result.json.
   *
   * @param kinds results by kind of pair
   * @param readsByReason the number of reads for each reason to use a replica or the primary:
   *     <ul>
   *       <li>fresh: a replica answered, because it had replayed the user's writes
   *       <li>behind: the primary answered, because the replica lagged
   *       <li>unknown: the primary answered, because the WAL position of the user's writes couldn't
   *           be read
   *       <li>unproven: a replica answered, because that position couldn't be read and the primary
   *           was unavailable
   *     </ul>
   *
   * @param wrong the first pairs that failed or were stale
   */
  record Figures(
      int pairs,
      Map<String, Tally> kinds,
      Map<String, Long> readsByReason,
      List<WriteReadPairs.Pair> wrong) {}

  /** The results of the pairs of one kind. */
  record Tally(long pairs, long failed, long stale, Latency read) {}

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    List<ApiClient> nodes = options.uris("nodes").stream().map(ApiClient::new).toList();
    List<URI> management = options.uris("management");
    int pairs = options.number("pairs");
    int hands = options.number("hands");
    options.refuseUnused();
    String run = "own writes " + UUID.randomUUID() + " ";
    List<Person> people =
        ParallelRunner.each(2 * hands, hands, i -> () -> nodes.getFirst().person(run + i));
    Map<String, Long> before = reads(management);
    List<WriteReadPairs.Pair> all = pairs(nodes, people, pairs, hands);
    Map<String, Long> reads = Metrics.since(before, reads(management));
    List<WriteReadPairs.Pair> wrong =
        all.stream()
            .filter(it -> it.outcome() != WriteReadPairs.Outcome.SEEN)
            .limit(MOST_TOLD)
            .toList();
    return findings(new Figures(all.size(), tallies(all), reads, wrong));
  }

  /** Each thread uses two of the people: one writes and reads, and the other is the friend. */
  private static List<WriteReadPairs.Pair> pairs(
      List<ApiClient> nodes, List<Person> people, int count, int threads)
      throws IOException, InterruptedException {
    return ParallelRunner.each(
            threads,
            threads,
            i ->
                () -> {
                  int share = count / threads + (i < count % threads ? 1 : 0);
                  return new WriteReadPairs(nodes, people.get(2 * i), people.get(2 * i + 1))
                      .run(share, i);
                })
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  private static Map<String, Long> reads(List<URI> management)
      throws IOException, InterruptedException {
    return Metrics.count(management, "holdfast_reads_total", "reason", REASONS);
  }

  private static Map<String, Tally> tallies(List<WriteReadPairs.Pair> pairs) {
    Map<String, Tally> tallies = new TreeMap<>();
    for (WriteReadPairs.Kind kind : WriteReadPairs.Kind.values()) {
      List<WriteReadPairs.Pair> ofKind =
          pairs.stream().filter(pair -> pair.kind() == kind).toList();
      long failed =
          ofKind.stream().filter(it -> it.outcome() == WriteReadPairs.Outcome.FAILED).count();
      long stale =
          ofKind.stream().filter(it -> it.outcome() == WriteReadPairs.Outcome.STALE).count();
      Latency read = Latency.ofNanos(ofKind.stream().map(WriteReadPairs.Pair::readNanos).toList());
      tallies.put(kind.words(), new Tally(ofKind.size(), failed, stale, read));
    }
    return tallies;
  }

  private static Findings findings(Figures figures) {
    List<String> summary = new ArrayList<>();
    List<String> violations = new ArrayList<>();
    figures
        .kinds()
        .forEach((kind, tally) -> {
          summary.add(
              "%s: %d pairs, %d failed, %d stale; the read: %s"
                  .formatted(kind, tally.pairs(), tally.failed(), tally.stale(), tally.read()));
          Findings.count(violations, tally.failed(), "pairs failed: " + kind);
          Findings.count(violations, tally.stale(), "reads were stale: " + kind);
        });
    summary.add("reads by reason: " + figures.readsByReason());
    List<String> unmeasured =
        figures.readsByReason().get(BEHIND) > 0
            ? List.of()
            : List.of("no read met a lagging replica");
    return new Findings(figures, summary, violations, unmeasured);
  }
}
