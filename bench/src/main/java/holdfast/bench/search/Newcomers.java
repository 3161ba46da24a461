package holdfast.bench.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.bench.client.ApiClient;
import holdfast.bench.client.ApiClient.Answer;
import holdfast.bench.client.NewUser;
import holdfast.bench.client.OpenLoopScheduler;
import holdfast.bench.common.Latency;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Registers users in an open loop while others search. After each registration, waits until
 * everybody must find the new user. Then searches for the user by several prefixes, without a
 * token.
 */
final class Newcomers {

  static final int A_SECOND = 10;

  /** At most this many stale answers and failures are listed one by one. */
  static final int MOST_TOLD = 20;

  /** The mark by which ansible/tasks/bench_restore.yml removes these users. */
  private static final String CITY = "Bench search";

  /**
   * Everybody finds a user this long after the replicas show the user. For at most this long, nginx
   * gives a kept answer without asking core whether it still holds. core sets this time
   * (X-Accel-Expires in SearchValidator).
   */
  private static final Duration FOUND_AFTER = Duration.ofSeconds(1);

  /** If this many fresh answers in a row show the user, every replica probably shows the user. */
  private static final int SHOWN = 4;

  private static final Duration LONGEST_LAG = Duration.ofSeconds(20);

  private static final String LOWEST_ID = "00000000-0000-0000-0000-000000000000";

  private final ApiClient api;
  private final AtomicLong registered = new AtomicLong();
  private final AtomicLong lookups = new AtomicLong();
  private final AtomicLong stale = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  Newcomers(ApiClient api) {
    this.api = api;
  }

  /** Returns when the last user has been looked up. */
  Writes run(int seconds) throws IOException, InterruptedException {
    OpenLoopScheduler.keep(A_SECOND, A_SECOND * seconds, (i, due) -> newcomer(due));
    return new Writes(
        registered.get(),
        lookups.get(),
        stale.get(),
        refused.get(),
        failed.get(),
        Latency.ofNanos(nanos),
        wrong.stream().limit(MOST_TOLD).toList());
  }

  private void newcomer(long due) {
    NewUser user = NewUser.random(ThreadLocalRandom.current(), CITY);
    List<String> own = ownSearches(user.firstName(), user.secondName());
    // So nginx keeps these answers, which lack the user. wrk does it for the search by one letter.
    own.forEach(api::get);
    Answer answer = api.register(user, UUID.randomUUID().toString());
    long now = System.nanoTime();
    if (!counts("registration", answer)) {
      return;
    }
    nanos.add(now - due);
    registered.incrementAndGet();
    awaitReplicas(own.getLast(), id(answer));
    OpenLoopScheduler.waitUntil(System.nanoTime() + FOUND_AFTER.toNanos());
    look(search(user.firstName(), user.secondName(), 1, ""), answer);
    own.forEach(path -> look(path, answer));
  }

  /**
   * Waits until the replicas show the user, at most 20 s. Otherwise a replica's lag would count as
   * a stale answer.
   */
  private void awaitReplicas(String path, String id) {
    long end = System.nanoTime() + LONGEST_LAG.toNanos();
    for (int shown = 0; shown < SHOWN && System.nanoTime() < end; ) {
      shown = api.getFresh(path).body().contains(id) ? shown + 1 : 0;
    }
  }

  private void look(String path, Answer registration) {
    Answer answer = api.get(path);
    if (!counts(path, answer)) {
      return;
    }
    lookups.incrementAndGet();
    if (!answer.body().contains(id(registration))) {
      stale.incrementAndGet();
      wrong.add("stale: %s, request %s".formatted(path, answer.requestId()));
    }
  }

  /** Counts the answer if it isn't good. Returns whether it is good. */
  private boolean counts(String what, Answer answer) {
    if (answer.refused()) {
      refused.incrementAndGet();
    } else if (!answer.good()) {
      failed.incrementAndGet();
      wrong.add(
          "failed: %s, status %s, request %s".formatted(what, answer.status(), answer.requestId()));
    }
    return answer.good();
  }

  private static String id(Answer registration) {
    try {
      return registration.userId();
    } catch (IOException e) {
      throw new IllegalStateException("a registration has no id", e);
    }
  }

  /** Searches that find nobody else. */
  private static List<String> ownSearches(String first, String second) {
    return List.of(
        search(first, second, 3, "&limit=20"),
        search(first, second, first.length(), ""),
        search(first, second, second.length(), "&limit=20&after=" + LOWEST_ID));
  }

  private static String search(String first, String second, int letters, String more) {
    return "/user/search?first_name=%s&last_name=%s%s"
        .formatted(
            URLEncoder.encode(first.substring(0, letters), UTF_8),
            URLEncoder.encode(second.substring(0, letters), UTF_8),
            more);
  }
}
