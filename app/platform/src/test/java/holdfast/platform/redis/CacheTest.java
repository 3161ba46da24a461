package holdfast.platform.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import holdfast.platform.fixture.Redis;
import holdfast.platform.fixture.TcpSwitch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class CacheTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Redis redis;

  private final AtomicLong floor = new AtomicLong(1);
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private TcpSwitch toRedis;
  private Cache cache;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = Redis.start();
  }

  @AfterAll
  static void stopRedis() throws Exception {
    redis.close();
  }

  @BeforeEach
  void connect() throws Exception {
    toRedis = new TcpSwitch(redis.address());
    CacheProperties properties =
        new CacheProperties(
            "127.0.0.1",
            toRedis.port(),
            Redis.USERNAME,
            Redis.PASSWORD,
            Duration.ofMillis(300),
            Duration.ofMillis(500));
    cache = new Cache(properties, () -> LogSequenceNumber.valueOf(floor.get()), metrics);
    cache.start();
    awaitUp(1);
  }

  @AfterEach
  void disconnect() throws Exception {
    cache.close();
    toRedis.close();
    redis.restart();
  }

  private void awaitUp(int up) {
    await().atMost(20, SECONDS).until(() -> metrics.get("holdfast.cache.up").gauge().value() == up);
  }

  private static LogSequenceNumber lsn(long position) {
    return LogSequenceNumber.valueOf(position);
  }

  private Optional<LogSequenceNumber> needed(String... keys) {
    return new WriteMarks(cache).needed(List.of(keys));
  }

  @Test
  void storesValuesAndRemovesThem() {
    assertThat(cache.put("a", "eins".getBytes(UTF_8), MINUTE)).isTrue();

    Cache.Found found = cache.get(List.of("a", "b", "a")).orElseThrow();
    assertThat(found.values().get(0)).asString(UTF_8).isEqualTo("eins");
    assertThat(found.values().get(1)).isNull();
    assertThat(found.values().get(2)).asString(UTF_8).isEqualTo("eins");
    assertThat(cache.remove("a")).isTrue();
    assertThat(cache.get(List.of("a")).orElseThrow().values()).containsOnlyNulls();
  }

  @Test
  void valuesExpire() throws Exception {
    assertThat(cache.put("a", "eins".getBytes(UTF_8), MINUTE)).isTrue();
    assertThat(cache.raise(List.of("b"), lsn(7), Duration.ofSeconds(100))).isTrue();

    assertThat(redis.say("TTL", "a")).containsPattern(":(5\\d|60)");
    assertThat(redis.say("TTL", "b")).containsPattern(":(9\\d|100)");
  }

  private UUID write(long position) {
    UUID user = UUID.randomUUID();
    assertThat(cache.raise(List.of(WriteMarks.user(user), "post:1"), lsn(position), MINUTE))
        .isTrue();
    return user;
  }

  private Cache.Kept keptAt(long position) {
    byte[] value = ByteBuffer.allocate(10).putLong(position).array();
    assertThat(cache.put("a", value, MINUTE)).isTrue();
    Cache.Kept kept = cache.kept("user:1", "a").orElseThrow();
    assertThat(kept.value()).isEqualTo(value);
    return kept;
  }

  @Test
  void listsTheUsersWhoWroteSince() {
    long position = 0x7f_ffff_fff0L;
    UUID before = write(position);
    UUID after = write(position + 1);
    assertThat(keptAt(position).writers()).contains(Set.of(after));
    write(position + 5);
    assertThat(cache.raise(List.of(WriteMarks.user(before)), lsn(position + 3), MINUTE)).isTrue();
    assertThat(cache.raise(List.of(WriteMarks.user(before)), lsn(position - 3), MINUTE)).isTrue();
    assertThat(keptAt(position + 2).writers().orElseThrow()).hasSize(2).contains(before);
    assertThat(keptAt(position + 5).writers()).contains(Set.of());
    assertThat(cache.kept("user:1", "none").orElseThrow().value()).isNull();
  }

  @Test
  void listsNobodyIfTooManyUsersWrote() {
    for (int i = 1; i <= 600; i++) {
      write(1000 + i);
    }
    assertThat(keptAt(1000).writers()).isEmpty();
    assertThat(keptAt(1099).writers()).isEmpty();
    assertThat(keptAt(1100).writers().orElseThrow()).hasSize(500);
    assertThat(keptAt(1600).writers()).contains(Set.of());
  }

  @Test
  void listsNobodyForAValueWithoutAPosition() {
    assertThat(cache.put("a", "eins".getBytes(UTF_8), MINUTE)).isTrue();
    assertThat(cache.kept("user:1", "a").orElseThrow().writers()).contains(Set.of());
  }

  @Test
  void theHighestMarkIsNeededAndALowerOneNeverReplacesIt() {
    // As texts of different lengths, or as signed numbers, these positions would be in another
    // order.
    long highest = 0xffff_0000_0000_0001L;
    List<String> keys = List.of("x", "y");
    assertThat(cache.raise(keys, lsn(0x9), MINUTE)).isTrue();
    assertThat(needed("x", "y", "z")).contains(lsn(0x9));
    assertThat(cache.raise(List.of("x"), lsn(0x10), MINUTE)).isTrue();
    assertThat(cache.raise(keys, lsn(0xa), MINUTE)).isTrue();
    assertThat(needed("x")).contains(lsn(0x10));
    assertThat(needed("y")).contains(lsn(0xa));
    assertThat(needed("y", "x")).contains(lsn(0x10));
    assertThat(cache.raise(keys, lsn(highest), MINUTE)).isTrue();
    assertThat(needed("y")).contains(lsn(highest));
    assertThat(needed("z")).contains(lsn(1));
  }

  @Test
  void concurrentRaisesLeaveTheHighestMark() throws Exception {
    try (ExecutorService writers = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> raised = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        LogSequenceNumber mark = lsn(1 + i * 7919L % 1000);
        raised.add(writers.submit(() -> cache.raise(List.of("k"), mark, MINUTE)));
      }
      for (Future<Boolean> each : raised) {
        assertThat(each.get()).isTrue();
      }
    }
    assertThat(needed("k")).contains(lsn(1000));
  }

  @Test
  void aMalformedMarkIsUnknown() throws Exception {
    for (String nonsense : List.of("nonsense", "000000000000000g", "000000000000000a", "-1")) {
      redis.say("SET", "user:1", nonsense);
      assertThat(needed("user:1")).as(nonsense).isEmpty();
    }
    redis.say("DEL", "user:1");
    redis.say("LPUSH", "user:1", "a");
    assertThat(cache.raise(List.of("user:1"), lsn(5), MINUTE)).isFalse();
    awaitUp(1);
  }

  @Test
  void afterReconnectingEveryEarlierWriteIsNeeded() throws Exception {
    assertThat(cache.raise(List.of("k"), lsn(5), MINUTE)).isTrue();
    floor.set(100);
    redis.restart();

    await().atMost(20, SECONDS).until(() -> needed("k").equals(Optional.of(lsn(100))));
    assertThat(cache.raise(List.of("k"), lsn(105), MINUTE)).isTrue();
    assertThat(needed("k")).contains(lsn(105));
  }

  @Test
  void thereIsNoAnswerUntilRedisReturns() throws Exception {
    redis.stop();
    awaitUp(0);

    assertThat(cache.get(List.of("a"))).isEmpty();
    assertThat(cache.put("a", new byte[1], MINUTE)).isFalse();
    assertThat(cache.raise(List.of("a"), lsn(5), MINUTE)).isFalse();
    assertThat(cache.remove("a")).isFalse();
    redis.restart();
    awaitUp(1);
    assertThat(cache.get(List.of("a"))).isPresent();
  }

  @Test
  void aSilentRedisDoesNotCostEachRequestATimeout() throws Exception {
    toRedis.silence();
    long start = System.nanoTime();
    AtomicInteger asked = new AtomicInteger();
    while (System.nanoTime() - start < SECONDS.toNanos(1)) {
      assertThat(cache.get(List.of("a"))).isEmpty();
      asked.incrementAndGet();
    }

    // If each command took a timeout, only three would finish.
    assertThat(asked.get()).isGreaterThan(1000);
    // The old connection stays silent, so only a new one can help.
    awaitUp(1);
    assertThat(cache.get(List.of("a"))).isPresent();
  }

  @Test
  void aFullRedisRefusesWritesAndStillAnswers() throws Exception {
    redis.say("CONFIG", "SET", "maxmemory-policy", "noeviction");
    redis.say("CONFIG", "SET", "maxmemory", "1");

    assertThat(cache.put("a", new byte[100], MINUTE)).isFalse();
    assertThat(cache.raise(List.of("a"), lsn(5), MINUTE)).isFalse();
    assertThat(cache.get(List.of("a"))).isPresent();
    assertThat(cache.remove("a")).isTrue();
    awaitUp(1);
  }

  @Test
  void aServerThatIsNotRedisGivesNoAnswer() throws Exception {
    HttpServer web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    web.start();
    try {
      toRedis.to(web.getAddress());
      toRedis.cut();
      awaitUp(0);
      // Long enough for several attempts to connect.
      await().during(1, SECONDS).atMost(10, SECONDS).until(() -> cache.get(List.of("a")).isEmpty());
    } finally {
      web.stop(0);
    }
    toRedis.to(redis.address());
    awaitUp(1);
    assertThat(cache.get(List.of("a"))).isPresent();
  }
}
