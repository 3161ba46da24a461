package holdfast.bench.registrations;

import holdfast.bench.client.ApiClient;
import holdfast.bench.client.ApiClient.Answer;
import holdfast.bench.client.NewUser;
import holdfast.bench.client.OpenLoopScheduler;
import holdfast.bench.client.ParallelRunner;
import holdfast.bench.common.Benchmark;
import holdfast.bench.common.Findings;
import holdfast.bench.common.Latency;
import holdfast.bench.common.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One turn of the benchmark `registrations`. Registers users through the whole path, first at a
 * fixed rate (an open loop). Then several clients each register the next user as soon as it has the
 * answer for the last one (a closed loop). Also reads the latencies of the INSERTs that pgbench has
 * just sent. On the whole path, hashing the password takes so long that it hides the cost of the
 * INSERT.
 */
public final class RegistrationsBench implements Benchmark {

  /** The mark by which ansible/tasks/bench_restore.yml removes these users. */
  private static final String CITY = "Bench registrations";

  private static final long NANOS_OF_MICRO = 1000;

  /**
   * Figures for result.json.
   *
   * @param triggers whether the triggers that renew the ETags of searches were enabled
   * @param open the latency in the open loop, from the moment at which a registration was due
   * @param closed the latency in the closed loop
   * @param insert the latency of the INSERT alone
   * @param registered the number of users who were registered, in the two loops together
   */
  record Figures(
      boolean triggers, Latency open, Latency closed, Latency insert, int registered, int failed) {}

  private final Queue<Answer> failures = new ConcurrentLinkedQueue<>();

  @Override
  public Findings run(Options options) throws IOException, InterruptedException {
    ApiClient api = new ApiClient(options.uri("web"));
    boolean triggers = options.truth("triggers");
    int rate = options.number("rate");
    int clients = options.number("clients");
    int seconds = options.number("duration");
    Path inserts = Path.of(options.text("inserts"));
    options.refuseUnused();
    List<Long> open = open(api, rate, rate * seconds);
    List<Long> closed = closed(api, clients, Duration.ofSeconds(seconds));
    Figures figures =
        new Figures(
            triggers,
            Latency.ofNanos(open),
            Latency.ofNanos(closed),
            insert(inserts),
            open.size() + closed.size(),
            failures.size());
    return findings(figures);
  }

  private List<Long> open(ApiClient api, int rate, int count)
      throws IOException, InterruptedException {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    OpenLoopScheduler.keep(rate, count, (i, due) -> register(api, due, nanos));
    return List.copyOf(nanos);
  }

  private List<Long> closed(ApiClient api, int clients, Duration time)
      throws IOException, InterruptedException {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    long end = System.nanoTime() + time.toNanos();
    ParallelRunner.each(
        clients,
        clients,
        i ->
            () -> {
              for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                register(api, now, nanos);
              }
              return i;
            });
    return List.copyOf(nanos);
  }

  private void register(ApiClient api, long due, Queue<Long> nanos) {
    NewUser user = NewUser.random(ThreadLocalRandom.current(), CITY);
    Answer answer = api.register(user, UUID.randomUUID().toString());
    if (answer.good()) {
      nanos.add(System.nanoTime() - due);
    } else {
      failures.add(answer);
    }
  }

  /** The file has the microseconds of one INSERT on each line. */
  private static Latency insert(Path file) throws IOException {
    try {
      return Latency.ofNanos(
          Files.readAllLines(file).stream()
              .mapToLong(line -> Long.parseLong(line.strip()) * NANOS_OF_MICRO)
              .toArray());
    } catch (NumberFormatException e) {
      throw new IOException("pgbench logged no latency: " + e.getMessage(), e);
    }
  }

  private Findings findings(Figures figures) {
    List<String> summary =
        List.of(
            (figures.triggers() ? "with" : "without") + " the triggers:",
            "at a rate: " + figures.open(),
            "in a loop: " + figures.closed(),
            "INSERT alone: " + figures.insert());
    List<String> violations = new ArrayList<>();
    if (!failures.isEmpty()) {
      violations.add(failures.size() + " registrations failed: " + failures.peek());
    }
    List<String> unmeasured = new ArrayList<>();
    if (figures.open().p50Ms() == null || figures.closed().p50Ms() == null) {
      unmeasured.add("no user was registered");
    }
    if (figures.insert().p50Ms() == null) {
      unmeasured.add("pgbench inserted nobody");
    }
    return new Findings(figures, summary, violations, unmeasured);
  }
}
