package holdfast.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.Person;
import holdfast.core.fixture.Rows;
import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.TcpSwitch;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests of the service when the primary, its streaming replica, or the connections to them fail.
 * The connections go through a balancer.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailoverTest {

  private static final String REGISTRATION =
      """
      {"first_name":"Лев","second_name":"Зуев","birthdate":"1990-02-03","biography":"",
       "city":"Омск","password":"correct horse"}\
      """;

  private static Postgres primary;
  private static Postgres replica;
  private static TcpSwitch toPrimary;
  private static TcpSwitch toReplicas;

  private RunningCore core;
  private Http api;

  @BeforeAll
  static void startServers() throws Exception {
    primary = Postgres.primary();
    RunningCore.migrate(primary);
    Rows.insert(primary, 20_000, "АБВ", 60);
    replica = primary.replica();
    toPrimary = new TcpSwitch();
    toReplicas = new TcpSwitch();
  }

  @AfterAll
  static void stopServers() throws Exception {
    toPrimary.close();
    toReplicas.close();
    replica.close();
    primary.close();
  }

  @BeforeEach
  void startCore() {
    toPrimary.to(at(primary, "127.0.0.1"));
    toReplicas.to(at(replica, "127.0.0.2"), at(primary, "127.0.0.1"));
    core =
        RunningCore.start(
            RunningCore.environment(
                Postgres.url(toPrimary.port()), Postgres.url(toReplicas.port())));
    api = core.api();
  }

  @AfterEach
  void stopCore() {
    core.close();
  }

  private static InetSocketAddress at(Postgres server, String address) {
    return new InetSocketAddress(address, server.port());
  }

  @Test
  void everySearchIsAnsweredWhileTheReplicaStops(CapturedOutput output) throws Exception {
    CountDownLatch warm = new CountDownLatch(40);
    AtomicBoolean done = new AtomicBoolean();
    ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> searching =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(i -> clients.submit(() -> search(done, warm, sizes)))
              .toList();
      assertThat(warm.await(30, SECONDS)).isTrue();
      replica.stop();
      int soFar = sizes.size();
      await().atMost(30, SECONDS).until(() -> sizes.size() > soFar + 40);
      done.set(true);
      for (Future<?> client : searching) {
        client.get(30, SECONDS);
      }
    } finally {
      done.set(true);
      replica.start();
    }

    assertThat(sizes).containsOnly(2222);
    assertThat(output).contains("\"db\":\"127.0.0.2\"", "\"db\":\"127.0.0.1\"");
    // This proves that the stop hit searches in progress.
    assertThat(output).containsPattern("replicas: .* failed with SQLSTATE (57P01|08)");
  }

  private Void search(AtomicBoolean done, CountDownLatch warm, ConcurrentLinkedQueue<Integer> sizes)
      throws Exception {
    while (!done.get()) {
      Answer answer = api.search("А", "Б");
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      sizes.add(answer.json().size());
      warm.countDown();
    }
    return null;
  }

  @Test
  void aPoolFullOfBrokenConnectionsFailsNoRead() throws Exception {
    assertThat(api.search("А", "Б").status()).isEqualTo(200);
    for (int i = 0; i < 5; i++) {
      toReplicas.cut();
      assertThat(api.search("А", "Б").status()).isEqualTo(200);
    }
  }

  @Test
  void aPoolFullOfSilentConnectionsFailsNoRead() throws Exception {
    awaitIdle("replicas", 10);
    toReplicas.silence();

    assertThat(api.search("А", "Б").status()).isEqualTo(200);
  }

  @Test
  void withoutThePrimaryReadsContinueAndWritesGetRetryAfter() throws Exception {
    toPrimary.to();
    toPrimary.cut();

    assertThat(api.search("А", "Б").status()).isEqualTo(200);
    assertThat(core.management().get("/actuator/health/readiness").status()).isEqualTo(200);
    Answer write = api.post("/user/register", REGISTRATION);
    ContractAssertions.assertError(write, 503, "database");
    assertThat(write.header("Retry-After")).matches("\\d+");
    String waits = waitsForThePrimary();
    ContractAssertions.assertError(api.get("/user/get/" + UUID.randomUUID()), 404, "id");
    // The replica's answer must not wait for the primary.
    assertThat(waitsForThePrimary()).isEqualTo(waits);
  }

  private String waitsForThePrimary() throws Exception {
    return core.management()
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith("hikaricp_connections_timeout_total{pool=\"primary\"}"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aWriteWaitsForANewPrimary() throws Exception {
    toPrimary.to();
    toPrimary.cut();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> write = clients.submit(() -> api.post("/user/register", REGISTRATION));
      await().pollDelay(500, java.util.concurrent.TimeUnit.MILLISECONDS).until(() -> true);
      assertThat(write.isDone()).isFalse();
      toPrimary.to(at(primary, "127.0.0.1"));

      assertThat(write.get(30, SECONDS).status()).isEqualTo(200);
    }
  }

  @Test
  void readsContinueWhileALimitedNumberOfWritesWaitForAPrimary() throws Exception {
    core.close();
    core =
        RunningCore.start(
            RunningCore.environment(
                Postgres.url(toPrimary.port()), Postgres.url(toReplicas.port())),
            "WRITE_DEADLINE=60",
            "holdfast.admission.in-flight=2",
            "holdfast.admission.writes=4");
    api = core.api();
    toPrimary.to();
    toPrimary.cut();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> writes =
          IntStream.range(0, 4)
              .mapToObj(i -> clients.submit(() -> api.post("/user/register", REGISTRATION)))
              .toList();
      await().atMost(10, SECONDS).until(() -> metrics().contains("holdfast_writes_free 0.0"));

      assertThat(api.search("А", "Б").status()).isEqualTo(200);
      Answer refused = api.post("/user/register", REGISTRATION);
      ContractAssertions.assertError(refused, 503, "too many");
      assertThat(refused.header("Retry-After")).matches("\\d+");
      toPrimary.to(at(primary, "127.0.0.1"));
      for (Future<Answer> write : writes) {
        assertThat(write.get(30, SECONDS).status()).isEqualTo(200);
      }
    }
  }

  private String metrics() throws Exception {
    return core.management().get("/actuator/prometheus").body();
  }

  @Test
  void aWriteThatMayBeDoneIsNotReportedAsRefused() throws Exception {
    Person author = Person.register(api);
    configure("synchronous_standby_names = 'nobody'");
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> write =
          clients.submit(() -> author.api().post("/post/create", Person.text("кто знает")));
      await().atMost(10, SECONDS).until(() -> waiting("SyncRep"));
      toPrimary.to();
      toPrimary.cut();

      ContractAssertions.assertError(write.get(30, SECONDS), 504, "the outcome is unknown");
    } finally {
      configure("synchronous_standby_names = ''");
    }
  }

  @Test
  void aWriteIsRefusedIfTheServersDiskIsFull() throws Exception {
    primary.execute(
        """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE 'no space left on device' USING ERRCODE = '53100'; END $$
        """);
    primary.execute("CREATE TRIGGER full_disk BEFORE INSERT ON users EXECUTE FUNCTION full_disk()");
    try {
      Answer write = api.post("/user/register", REGISTRATION);
      ContractAssertions.assertError(write, 503, "no room");
      assertThat(write.header("Retry-After")).matches("\\d+");
    } finally {
      primary.execute("DROP TRIGGER full_disk ON users");
      primary.execute("DROP FUNCTION full_disk");
    }
  }

  @Test
  void aPostWhoseCommitGotNoAnswerIsStoredOnce() throws Exception {
    Person author = Person.register(api);
    // Commits wait for a synchronous standby that doesn't exist.
    configure("synchronous_standby_names = 'nobody'");
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<UUID> post = clients.submit(() -> author.post("один раз"));
      await().atMost(10, SECONDS).until(() -> waiting("SyncRep"));
      toPrimary.cut();
      // The second attempt finds the first one's uncommitted row, and waits until that transaction
      // ends.
      await().atMost(10, SECONDS).until(() -> waiting("transactionid"));
      configure("synchronous_standby_names = ''");

      UUID id = post.get(30, SECONDS);
      assertThat(api.get("/post/get/" + id).json().get("text").asString()).isEqualTo("один раз");
    } finally {
      configure("synchronous_standby_names = ''");
    }
    assertThat(count(primary, "posts WHERE author_id = '" + author.id() + "'")).isEqualTo(1);
  }

  private static void configure(String setting) throws Exception {
    primary.execute("ALTER SYSTEM SET " + setting);
    primary.execute("SELECT pg_reload_conf()");
  }

  private static boolean waiting(String event) throws Exception {
    return count(
            primary, "pg_stat_activity WHERE usename = 'core' AND wait_event = '" + event + "'")
        > 0;
  }

  @Test
  void writesAbandonConnectionsToADemotedPrimary() throws Exception {
    assertThat(api.post("/user/register", REGISTRATION).status()).isEqualTo(200);
    // After a switchover that didn't cut the old sessions, every pooled connection is read-only.
    // Connecting the pool to the replica has the same effect.
    toPrimary.to(at(replica, "127.0.0.2"));
    toPrimary.cut();
    awaitIdle("primary", 5);
    toPrimary.to(at(primary, "127.0.0.1"));

    assertThat(api.post("/user/register", REGISTRATION).status()).isEqualTo(200);
  }

  @Test
  void aNewUserIsFoundAlthoughTheReplicaLags() throws Exception {
    toReplicas.to(at(replica, "127.0.0.2"));
    toReplicas.cut();
    replica.execute("SELECT pg_wal_replay_pause()");
    try {
      String id = api.post("/user/register", REGISTRATION).json().get("user_id").asString();

      assertThat(api.get("/user/get/" + id).status()).isEqualTo(200);
      String login = "{\"id\":\"" + id + "\",\"password\":\"correct horse\"}";
      assertThat(api.post("/login", login).status()).isEqualTo(200);
      assertThat(count(replica, "users WHERE id = '" + id + "'")).isZero();
    } finally {
      replica.execute("SELECT pg_wal_replay_resume()");
    }
  }

  @Test
  void startsWithoutADatabaseAndIsReadyWhenTheReplicasAnswer() throws Exception {
    core.close();
    toPrimary.to();
    toReplicas.to();
    core =
        RunningCore.start(
            RunningCore.environment(
                Postgres.url(toPrimary.port()), Postgres.url(toReplicas.port())),
            "READ_DEADLINE=2");

    assertThat(core.management().get("/actuator/health/liveness").status()).isEqualTo(200);
    assertThat(core.management().get("/actuator/health/readiness").status()).isEqualTo(503);
    ContractAssertions.assertError(core.api().search("А", "Б"), 503, "database");

    toReplicas.to(at(replica, "127.0.0.2"));
    await()
        .atMost(15, SECONDS)
        .until(() -> core.management().get("/actuator/health/readiness").status() == 200);
    assertThat(core.api().search("А", "Б").status()).isEqualTo(200);
  }

  @Test
  void aLongAnswerContinuesWhenItsReplicaFails() throws Exception {
    InputStream answer = begunLongAnswer();
    toReplicas.cut();

    JsonNode users = new JsonMapper().readTree(answer.readAllBytes());
    assertThat(users).hasSize(2000);
    assertThat(users.valueStream().map(user -> user.get("id").asString()).toList())
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void anAnswerThatBreaksHalfWayCannotSeemComplete() throws Exception {
    InputStream answer = begunLongAnswer();
    toReplicas.to();
    toReplicas.cut();

    assertThatThrownBy(answer::readAllBytes).isInstanceOf(IOException.class);
  }

  /**
   * Begins a long answer, and reads only its first byte. The rest is larger than all buffers
   * together, so core still has to read some of it from the database.
   */
  private InputStream begunLongAnswer() throws Exception {
    primary.execute(
        """
        INSERT INTO users
        SELECT md5('big' || n)::uuid, 'Э' || n, 'Ю', '1990-01-01', repeat('я', 9000), 'Омск', NULL
        FROM generate_series(1, 2000) AS n
        ON CONFLICT DO NOTHING
        """);
    toReplicas.to(at(primary, "127.0.0.1"));
    toReplicas.cut();
    String query = "first_name=%s&last_name=%s".formatted(Http.encode("Э"), Http.encode("Ю"));
    URI uri = URI.create("http://127.0.0.1:%d/user/search?%s".formatted(api.port(), query));
    HttpResponse<InputStream> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    PushbackInputStream body = new PushbackInputStream(response.body());
    body.unread(body.read());
    return body;
  }

  private void awaitIdle(String pool, int connections) {
    String line = "hikaricp_connections_idle{pool=\"%s\"} %d.0".formatted(pool, connections);
    await()
        .atMost(10, SECONDS)
        .until(() -> core.management().get("/actuator/prometheus").body().contains(line));
  }

  private static int count(Postgres server, String rows) throws Exception {
    try (Connection connection = server.connect();
        ResultSet count =
            connection.createStatement().executeQuery("SELECT count(*) FROM " + rows)) {
      count.next();
      return count.getInt(1);
    }
  }
}
