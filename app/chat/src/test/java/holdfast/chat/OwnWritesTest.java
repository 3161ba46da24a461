package holdfast.chat;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.Redis;
import holdfast.platform.fixture.SharedPostgres;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests with two nodes that share one lagging replica: each user must see messages that were sent
 * at the other node.
 */
class OwnWritesTest {

  private static final String BEHIND = "holdfast_reads_total{reason=\"behind\",server=\"primary\"}";
  private static final String FRESH = "holdfast_reads_total{reason=\"fresh\",server=\"replica\"}";

  private static Postgres primary;
  private static Postgres replica;
  private static Redis redis;
  private static RunningChat first;
  private static RunningChat second;

  private final UUID anna = UUID.randomUUID();
  private final UUID boris = UUID.randomUUID();

  @BeforeAll
  static void startServers() throws Exception {
    primary = Postgres.primary();
    SharedPostgres.migrate(primary, "chat");
    replica = primary.replica();
    redis = Redis.start();
    first = start();
    second = start();
  }

  private static RunningChat start() {
    return RunningChat.start(
        primary.url(), replica.url(), "REDIS_PORT=" + redis.address().getPort());
  }

  @AfterAll
  static void stopServers() throws Exception {
    second.close();
    first.close();
    redis.close();
    replica.close();
    primary.close();
  }

  @AfterEach
  void heal() throws Exception {
    replica.execute("SELECT pg_wal_replay_resume()");
  }

  private static boolean says(RunningChat chat, String metric) throws Exception {
    String metrics = chat.management().get("/actuator/prometheus").body();
    return metrics.lines().anyMatch(line -> line.startsWith(metric) && !line.endsWith(" 0.0"));
  }

  private void assertBothSee(int messages) throws Exception {
    assertThat(second.list(anna, boris, "").json().size()).isEqualTo(messages);
    assertThat(second.list(boris, anna, "").json().size()).isEqualTo(messages);
  }

  @Test
  void bothUsersSeeEachMessageWhileTheReplicaLagsAndAfterwards() throws Exception {
    for (RunningChat chat : new RunningChat[] {first, second}) {
      await().atMost(20, SECONDS).until(() -> says(chat, "holdfast_cache_up "));
    }
    replica.execute("SELECT pg_wal_replay_pause()");
    for (int i = 1; i <= 20; i++) {
      assertThat(first.send(i % 2 == 0 ? anna : boris, i % 2 == 0 ? boris : anna, "text").status())
          .isEqualTo(200);
      assertBothSee(i);
    }
    assertThat(says(second, BEHIND)).isTrue();

    replica.execute("SELECT pg_wal_replay_resume()");
    await()
        .atMost(20, SECONDS)
        .until(() -> {
          assertBothSee(20);
          return says(second, FRESH);
        });
  }
}
