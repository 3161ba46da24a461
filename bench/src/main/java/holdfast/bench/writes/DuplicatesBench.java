package holdfast.bench.writes;

import holdfast.bench.client.ApiClient;
import holdfast.bench.client.ApiClient.Answer;
import holdfast.bench.client.ApiClient.Person;
import holdfast.bench.client.ParallelRunner;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Latency;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Sends each POST to two app nodes at the same time, with the same Idempotency-Key. */
public final class DuplicatesBench implements Benchmark {

  /**
   * Figures for result.json.
   *
   * @param failed pairs of requests with at least one failure
   * @param unequal pairs of good answers that differed
   * @param distinct the number of different ids in the good answers to posts; each post must have
   *     an id of its own
   * @param both the latency until both requests of a pair were answered
   * @param writers the users who wrote these posts and messages, and nothing else. The database
   *     must hold exactly one row for each post and each message.
   */
  record Figures(
      int posts,
      int messages,
      long failed,
      long unequal,
      long distinct,
      Latency both,
      List<String> writers) {}

  /** The two answers to one POST. */
  private record Twin(boolean isPost, Answer one, Answer two, long nanos) {
    boolean good() {
      return one.good() && two.good();
    }
  }

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    List<ApiClient> nodes = options.uris("nodes").stream().map(ApiClient::new).toList();
    int count = options.number("posts");
    int hands = options.number("hands");
    options.refuseUnused();
    if (nodes.size() < 2) {
      throw new IllegalArgumentException("nodes= must name two nodes");
    }
    String run = "duplicates " + UUID.randomUUID() + " ";
    List<Person> writers =
        ParallelRunner.each(hands, hands, i -> () -> nodes.getFirst().person(run + i));
    List<Twin> twins =
        ParallelRunner.each(
            count,
            hands,
            i ->
                () -> {
                  Person to = writers.get((i + 1) % hands);
                  return twin(nodes, writers.get(i % hands), to, i / hands % 2 == 0);
                });
    return findings(twins, writers.stream().map(Person::id).toList());
  }

  private static Twin twin(List<ApiClient> nodes, Person writer, Person to, boolean isPost) {
    String key = UUID.randomUUID().toString();
    String path = isPost ? "/post/create" : "/dialog/" + to.id() + "/send";
    long start = System.nanoTime();
    List<CompletableFuture<Answer>> both =
        nodes.subList(0, 2).stream()
            .map(node -> node.post(path, writer, key, "text", "Text " + key))
            .toList();
    Answer one = both.getFirst().join();
    Answer two = both.getLast().join();
    return new Twin(isPost, one, two, System.nanoTime() - start);
  }

  private static Findings findings(List<Twin> twins, List<String> writers) {
    List<Twin> good = twins.stream().filter(Twin::good).toList();
    int posts = (int) twins.stream().filter(Twin::isPost).count();
    long failed = twins.size() - good.size();
    long unequal = good.stream().filter(twin -> !twin.one().says(twin.two())).count();
    Set<String> distinct =
        good.stream().filter(Twin::isPost).map(it -> it.one().id()).collect(Collectors.toSet());
    long shared = good.stream().filter(Twin::isPost).count() - distinct.size();
    Latency both = Latency.ofNanos(good.stream().map(Twin::nanos).toList());
    Figures figures =
        new Figures(posts, twins.size() - posts, failed, unequal, distinct.size(), both, writers);
    List<String> violations = new ArrayList<>();
    twins.stream()
        .filter(twin -> !twin.good())
        .findFirst()
        .ifPresent(twin ->
            violations.add(
                failed
                    + " pairs of requests failed; the first pair got "
                    + twin.one()
                    + " and "
                    + twin.two()));
    Findings.count(violations, unequal, "pairs of answers differed");
    Findings.count(violations, shared, "posts share an id with another post");
    return new Findings(figures, summary(figures), violations);
  }

  private static List<String> summary(Figures figures) {
    return List.of(
        "%d posts and %d messages, each sent twice at once: %d failed, %d with unequal answers"
            .formatted(figures.posts(), figures.messages(), figures.failed(), figures.unequal()),
        "latency until both were answered: " + figures.both());
  }
}
