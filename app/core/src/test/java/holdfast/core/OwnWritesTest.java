package holdfast.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.Redis;
import holdfast.platform.fixture.TcpSwitch;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests with two nodes that share one lagging replica: users must see at one node what they wrote
 * at the other.
 */
class OwnWritesTest {

  private static Postgres primary;
  private static Postgres replica;
  private static TcpSwitch toPrimary;
  private static Redis redis;
  private static TcpSwitch toRedis;
  private static RunningCore first;
  private static RunningCore second;

  private Person here;
  private Person there;

  @BeforeAll
  static void startServers() throws Exception {
    primary = Postgres.primary();
    RunningCore.migrate(primary);
    replica = primary.replica();
    toPrimary = new TcpSwitch(new InetSocketAddress("127.0.0.1", primary.port()));
    redis = Redis.start();
    toRedis = new TcpSwitch(redis.address());
    first = start();
    second = start();
  }

  private static RunningCore start() {
    return RunningCore.start(
        RunningCore.environment(Postgres.url(toPrimary.port()), replica.url()),
        "REDIS_PORT=" + toRedis.port());
  }

  @AfterAll
  static void stopServers() throws Exception {
    second.close();
    first.close();
    toRedis.close();
    redis.close();
    toPrimary.close();
    replica.close();
    primary.close();
  }

  @BeforeEach
  void signIn() throws Exception {
    here = Person.register(first.api());
    there = here.at(second.api());
    awaitCache(1);
  }

  @AfterEach
  void heal() throws Exception {
    follow();
    toPrimary.to(new InetSocketAddress("127.0.0.1", primary.port()));
    redis.restart();
  }

  private static void lag() throws Exception {
    replica.execute("SELECT pg_wal_replay_pause()");
  }

  private static void follow() throws Exception {
    replica.execute("SELECT pg_wal_replay_resume()");
  }

  private static void awaitCache(int up) {
    for (RunningCore core : new RunningCore[] {first, second}) {
      await().atMost(20, SECONDS).until(() -> metric(core, "holdfast_cache_up") == up);
    }
  }

  private static double metric(RunningCore core, String name) throws Exception {
    return core.management()
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  private static double reads(String server, String reason) throws Exception {
    String name = "holdfast_reads_total{reason=\"%s\",server=\"%s\"}".formatted(reason, server);
    return metric(second, name);
  }

  private static Answer update(Person author, UUID id, String text) throws Exception {
    String body = "{\"id\":\"%s\",\"text\":\"%s\"}".formatted(id, text);
    return author.api().put("/post/update", body);
  }

  private static void assertShown(Person reader, UUID id, String text) throws Exception {
    Answer shown = reader.api().get("/post/get/" + id);
    assertThat(shown.status()).as(shown.body()).isEqualTo(200);
    assertThat(shown.json().get("text").asString()).isEqualTo(text);
  }

  /** Creates, changes and deletes posts at one node, and reads them at the other. */
  private void writeAndRead(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      UUID id = here.post("neu " + i);
      assertShown(there, id, "neu " + i);
      assertThat(update(here, id, "anders " + i).status()).isEqualTo(200);
      assertShown(there, id, "anders " + i);
      assertThat(here.api().put("/post/delete/" + id).status()).isEqualTo(200);
      assertThat(there.api().get("/post/get/" + id).status()).isEqualTo(404);
    }
  }

  @Test
  void writesAtOneNodeAreSeenAtTheOtherWhileTheReplicaLags() throws Exception {
    UUID before = here.post("vorher");
    Person friend = Person.register(first.api());
    UUID friends = friend.post("von einem Freund");
    lag();
    double behind = reads("primary", "behind");

    assertThat(update(here, before, "nachher").status()).isEqualTo(200);
    assertShown(there, before, "nachher");
    writeAndRead(20);
    assertThat(there.api().get("/post/feed").body()).isEqualTo("[]");
    here.befriend(friend);
    assertThat(there.api().get("/post/feed").json().get(0).get("id").asString())
        .isEqualTo(friends.toString());
    here.api().put("/friend/delete/" + friend.id());
    assertThat(there.api().get("/post/feed").body()).isEqualTo("[]");

    // Each of the 20 rounds reads its post three times: after the creation, the update and the
    // deletion.
    assertThat(reads("primary", "behind")).isGreaterThanOrEqualTo(behind + 60);
  }

  @Test
  void usersWhoHaveRegisteredFindThemselvesAtOnce() throws Exception {
    lag();
    Person person = Person.register(first.api());

    assertThat(person.at(second.api()).api().search("Л", "З").body())
        .contains(person.id().toString());
    String tag = second.api().search("Л", "З").header("ETag");
    var asked = person.at(second.api()).api();
    String path = "/user/search?first_name=" + Http.encode("Л") + "&last_name=" + Http.encode("З");
    // The tag of the replica's older answer doesn't hold for this user.
    assertThat(asked.send(asked.request(path).header("If-None-Match", tag)).body())
        .contains(person.id().toString());
  }

  @Test
  void theReplicaServesAsSoonAsItHasCaughtUp() throws Exception {
    lag();
    UUID id = here.post("neu");
    assertShown(there, id, "neu");
    follow();

    double fresh = reads("replica", "fresh");
    await()
        .atMost(20, SECONDS)
        .until(() -> {
          assertShown(there, id, "neu");
          return reads("replica", "fresh") > fresh;
        });
    double behind = reads("primary", "behind");
    for (int i = 0; i < 10; i++) {
      assertShown(there, id, "neu");
    }
    assertThat(reads("primary", "behind")).isEqualTo(behind);
  }

  @Test
  void anOlderPostIsStillReadFromTheLaggingReplica() throws Exception {
    UUID old = here.post("alt");
    await().atMost(20, SECONDS).until(() -> replicaHas(old));
    lag();
    here.post("neu");

    double behind = reads("primary", "behind");
    assertShown(there, old, "alt");
    assertThat(reads("primary", "behind")).isEqualTo(behind);
  }

  private static boolean replicaHas(UUID id) throws Exception {
    return value("SELECT true FROM posts WHERE id = '" + id + "'").isPresent();
  }

  /** The first value that the replica returns. */
  private static Optional<String> value(String sql) throws Exception {
    try (var connection = replica.connect();
        var rows = connection.createStatement().executeQuery(sql)) {
      return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
    }
  }

  @Test
  void withoutRedisReadsGoToThePrimary() throws Exception {
    redis.stop();
    awaitCache(0);
    UUID before = here.post("vorher");
    lag();
    double unknown = reads("primary", "unknown");

    assertThat(update(here, before, "nachher").status()).isEqualTo(200);
    assertShown(there, before, "nachher");
    writeAndRead(1);
    assertThat(reads("primary", "unknown")).isGreaterThanOrEqualTo(unknown + 4);
  }

  @Test
  void writesAreSeenAlthoughRedisLostTheirMarks() throws Exception {
    UUID id = here.post("vorher");
    await().atMost(20, SECONDS).until(() -> replicaHas(id));
    lag();
    assertThat(update(here, id, "nachher").status()).isEqualTo(200);
    redis.restart();
    awaitCache(1);

    for (int i = 0; i < 10; i++) {
      assertShown(there, id, "nachher");
    }
  }

  @Test
  void aWriteWithoutAMarkWaitsForTheReplica() throws Exception {
    UUID id = here.post("vorher");
    redis.say("CONFIG", "SET", "maxmemory-policy", "noeviction");
    redis.say("CONFIG", "SET", "maxmemory", "1");

    for (int i = 0; i < 50; i++) {
      assertThat(update(here, id, "nachher " + i).status()).isEqualTo(200);
      assertShown(there, id, "nachher " + i);
    }
    // Redis answered and had no mark, so reads trusted the replica. They showed each write only
    // because the write had waited for the replica.
    assertThat(metric(second, "holdfast_cache_up")).isEqualTo(1);
  }

  @Test
  void aLaterAttemptStoresAMarkThatRedisRefusedAtFirst() throws Exception {
    UUID id = here.post("vorher");
    await().atMost(20, SECONDS).until(() -> replicaHas(id));
    lag();
    redis.say("CONFIG", "RESETSTAT");
    redis.say("CONFIG", "SET", "maxmemory", "1");
    CompletableFuture<Answer> updated =
        CompletableFuture.supplyAsync(() -> {
          try {
            return update(here, id, "nachher");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(20, SECONDS)
        .until(() -> redis.say("INFO", "errorstats").contains("errorstat_OOM"));
    redis.say("CONFIG", "SET", "maxmemory", "0");

    assertThat(updated.join().status()).isEqualTo(200);
    assertShown(there, id, "nachher");
  }

  @Test
  void aWriteThatChangesNothingStoresNoMark() throws Exception {
    UUID unknown = UUID.randomUUID();
    assertThat(update(here, unknown, "neu").status()).isEqualTo(404);
    assertThat(here.api().put("/post/delete/" + unknown).status()).isEqualTo(404);
    assertThat(redis.say("EXISTS", "post:" + unknown)).startsWith(":0");
  }

  @Test
  void aReplicaThatNeverCatchesUpDelaysNoWriteForLong() throws Exception {
    redis.stop();
    awaitCache(0);
    lag();

    UUID id = here.post("trotzdem");
    assertShown(there, id, "trotzdem");
  }

  @Test
  void aMalformedMarkFailsNoRequest() throws Exception {
    UUID id = here.post("neu");
    redis.say("SET", "post:" + id, "nonsense");
    redis.say("SET", "user:" + here.id(), "nonsense");

    assertShown(there, id, "neu");
    assertThat(there.api().get("/post/feed").status()).isEqualTo(200);
  }

  @Test
  void withoutThePrimaryReadsContinueOnAFreshReplica() throws Exception {
    UUID id = here.post("neu");
    await().atMost(20, SECONDS).until(() -> replicaHas(id));
    assertShown(there, id, "neu");
    toPrimary.to();
    toPrimary.cut();

    assertShown(there, id, "neu");
    redis.stop();
    awaitCache(0);
    assertShown(there, id, "neu");
  }

  @Test
  void aReadThatNoServerCanAnswerYetWaitsForTheReplica() throws Exception {
    UUID id = here.post("vorher");
    await().atMost(20, SECONDS).until(() -> replicaHas(id));
    lag();
    assertThat(update(here, id, "nachher").status()).isEqualTo(200);
    toPrimary.to();
    toPrimary.cut();

    String now = value("SELECT clock_timestamp()").orElseThrow();
    CompletableFuture<Void> read =
        CompletableFuture.runAsync(() -> {
          try {
            assertShown(there, id, "nachher");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    String asked =
        """
        SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND query_start > '%s'
        """;
    await().atMost(20, SECONDS).until(() -> value(asked.formatted(now)).isPresent());
    assertThat(read).isNotDone();
    follow();
    read.join();
  }
}
