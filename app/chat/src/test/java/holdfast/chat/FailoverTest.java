package holdfast.chat;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.Redis;
import holdfast.platform.fixture.SharedPostgres;
import holdfast.platform.fixture.TcpSwitch;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Tests of the service behind a balancer: the replica stops, or the connection to the primary
 * breaks during a commit.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailoverTest {

  private static Postgres primary;
  private static Postgres replica;
  private static TcpSwitch toPrimary;
  private static TcpSwitch toReplicas;
  private static Redis redis;

  private final UUID anna = UUID.randomUUID();
  private final UUID boris = UUID.randomUUID();
  private RunningChat chat;

  @BeforeAll
  static void startServers() throws Exception {
    primary = Postgres.primary();
    SharedPostgres.migrate(primary, "chat");
    // The fixture's servers don't wait for the disk. This test needs durable commits.
    primary.execute("ALTER ROLE chat SET synchronous_commit = on");
    replica = primary.replica();
    toPrimary = new TcpSwitch();
    toReplicas = new TcpSwitch();
    // Without Redis, every read would go to the primary.
    redis = Redis.start();
  }

  @AfterAll
  static void stopServers() throws Exception {
    redis.close();
    toPrimary.close();
    toReplicas.close();
    replica.close();
    primary.close();
  }

  @BeforeEach
  void startChat() {
    toPrimary.to(at(primary, "127.0.0.1"));
    toReplicas.to(at(replica, "127.0.0.2"));
    chat =
        RunningChat.start(
            Postgres.url(toPrimary.port()),
            Postgres.url(toReplicas.port()),
            "REDIS_PORT=" + redis.address().getPort());
    await()
        .atMost(20, SECONDS)
        .until(() ->
            chat.management().get("/actuator/prometheus").body().contains("holdfast_cache_up 1.0"));
  }

  @AfterEach
  void stopChat() {
    chat.close();
  }

  private static InetSocketAddress at(Postgres server, String address) {
    return new InetSocketAddress(address, server.port());
  }

  @Test
  void everyRequestIsAnsweredWhileTheReplicaStops(CapturedOutput output) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger sent = new AtomicInteger();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> talking = clients.submit(() -> talk(done, sent));
      await().atMost(30, SECONDS).until(() -> sent.get() > 20);
      replica.stop();
      toReplicas.to(at(primary, "127.0.0.1"));
      int soFar = sent.get();
      await().atMost(30, SECONDS).until(() -> sent.get() > soFar + 20 || talking.isDone());
      done.set(true);
      talking.get(30, SECONDS);
    } finally {
      done.set(true);
      replica.start();
    }

    assertThat(chat.list(anna, boris, "").json().size()).isEqualTo(sent.get());
    assertThat(output).contains("\"db\":\"127.0.0.2\"", "\"db\":\"127.0.0.1\"");
  }

  private Void talk(AtomicBoolean done, AtomicInteger sent) throws Exception {
    while (!done.get()) {
      Answer message = chat.send(anna, boris, "text");
      assertThat(message.status()).as(message.body()).isEqualTo(200);
      sent.incrementAndGet();
      Answer dialog = chat.list(boris, anna, "?limit=10");
      assertThat(dialog.status()).as(dialog.body()).isEqualTo(200);
    }
    return null;
  }

  @Test
  void aMessageWhoseCommitGotNoAnswerIsStoredOnce() throws Exception {
    // Commits wait for a synchronous standby that doesn't exist.
    configure("synchronous_standby_names = 'nobody'");
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> message = clients.submit(() -> chat.send(anna, boris, "один раз"));
      await().atMost(10, SECONDS).until(() -> waiting("SyncRep"));
      toPrimary.cut();
      // The second attempt finds the first one's uncommitted row, and waits until that transaction
      // ends.
      await().atMost(10, SECONDS).until(() -> waiting("transactionid"));
      configure("synchronous_standby_names = ''");

      assertThat(message.get(30, SECONDS).status()).isEqualTo(200);
    } finally {
      configure("synchronous_standby_names = ''");
    }
    await()
        .atMost(10, SECONDS)
        .until(() -> List.of("один раз").equals(texts(chat.list(anna, boris, ""))));
  }

  private static List<String> texts(Answer page) {
    return page.json().valueStream().map(message -> message.get("text").asString()).toList();
  }

  private static void configure(String setting) throws Exception {
    primary.execute("ALTER SYSTEM SET " + setting);
    primary.execute("SELECT pg_reload_conf()");
  }

  private static boolean waiting(String event) throws Exception {
    try (Connection connection = primary.connect();
        ResultSet sessions =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT 1 FROM pg_stat_activity WHERE usename = 'chat' AND wait_event = '%s'"
                        .formatted(event))) {
      return sessions.next();
    }
  }
}
