package holdfast.core.live;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.LiveClient;
import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.StompServer;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.TcpSwitch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests with two nodes, a primary, its replica, and a broker that may fail. */
class LiveFeedTest {

  /** A poll interval of one hour. Every post must come from a wake-up. */
  private static final String NEVER = "LIVE_POLL_MS=3600000";

  private static Postgres primary;
  private static Postgres replica;
  private static StompServer broker;
  private static TcpSwitch toBroker;
  private static RunningCore first;
  private static RunningCore second;

  private Person author;
  private Person reader;

  @BeforeAll
  static void start() throws Exception {
    primary = Postgres.primary();
    RunningCore.migrate(primary);
    replica = primary.replica();
    broker = new StompServer("broker-pass");
    toBroker = new TcpSwitch(broker.address());
    first = node(NEVER);
    second = node(NEVER);
  }

  @AfterAll
  static void stop() throws Exception {
    first.close();
    second.close();
    toBroker.close();
    broker.close();
    replica.close();
    primary.close();
  }

  private static RunningCore node(String... settings) {
    Map<String, String> environment = RunningCore.environment(primary.url(), replica.url());
    environment.put("RABBITMQ_PORT", String.valueOf(toBroker.port()));
    return RunningCore.start(environment, settings);
  }

  @BeforeEach
  void befriend() throws Exception {
    await().atMost(20, SECONDS).until(() -> broker.subscribers() == 2);
    author = Person.register(first.api());
    reader = Person.register(first.api());
    reader.befriend(author);
  }

  /** The posts of these authors in the database, in the order of their delivery. */
  private static List<UUID> posts(Person... authors) throws Exception {
    String ids = String.join("','", Stream.of(authors).map(p -> p.id().toString()).toList());
    String sql = "SELECT id FROM posts WHERE author_id IN ('%s') ORDER BY xid, id".formatted(ids);
    List<UUID> posts = new ArrayList<>();
    try (Connection connection = primary.connect();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      while (rows.next()) {
        posts.add(rows.getObject(1, UUID.class));
      }
    }
    return posts;
  }

  private static String insert(Person author, String rest) {
    return "INSERT INTO posts (id, author_id, text) SELECT gen_random_uuid(), '%s', 'текст' %s"
        .formatted(author.id(), rest);
  }

  @Test
  void aPostReachesSubscribersOnEveryNode() throws Exception {
    try (LiveClient here = LiveClient.of(reader);
        LiveClient there = LiveClient.of(reader.at(second.api()))) {
      UUID one = author.post("раз");
      here.awaitEvents(1);
      there.awaitEvents(1);
      UUID two = author.at(second.api()).post("два");

      assertThat(here.awaitEvents(2).posts()).containsExactly(one, two);
      assertThat(there.awaitEvents(2).posts()).containsExactly(one, two);
    }
  }

  @Test
  void concurrentPostsArriveOnceAndInOneOrder() throws Exception {
    Person other = Person.register(first.api());
    Person stranger = Person.register(first.api());
    reader.befriend(other);
    List<Person> posting =
        List.of(author, other, author.at(second.api()), other.at(second.api()), stranger);
    try (LiveClient here = LiveClient.of(reader);
        LiveClient there = LiveClient.of(reader.at(second.api()));
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (Person person : posting) {
        done.add(
            clients.submit(() -> {
              for (int i = 0; i < 30; i++) {
                person.post("текст " + i);
              }
              return null;
            }));
      }
      for (Future<?> posts : done) {
        posts.get(60, SECONDS);
      }

      List<UUID> expected = posts(author, other);
      assertThat(expected).hasSize(120);
      assertThat(here.awaitEvents(120).posts()).isEqualTo(expected);
      assertThat(there.awaitEvents(120).posts()).isEqualTo(expected);
    }
  }

  @Test
  void aTransactionThatEndsLateLosesNoPostAndKeepsItsPlace() throws Exception {
    try (LiveClient client = LiveClient.of(reader);
        Connection slow = primary.connect()) {
      slow.setAutoCommit(false);
      slow.createStatement().execute(insert(author, ""));
      primary.execute(
          "INSERT INTO posts (id, author_id, text, created_at)"
              + " VALUES (gen_random_uuid(), '%s', 'час назад', now() - interval '1 hour')"
                  .formatted(author.id()));
      UUID quick = author.post("быстрый");
      // This proves that the quick post was read and held back.
      String looks = "holdfast_live_reads_total{cause=\"poll\"} ";
      double before = metric(looks);
      await().atMost(20, SECONDS).until(() -> metric(looks) > before + 3);
      assertThat(client.events()).isEmpty();
      // The lag is the age of the oldest waiting post, which is an hour old.
      await().atMost(20, SECONDS).until(() -> metric("holdfast_live_lag_seconds ") > 3_000);
      slow.commit();

      assertThat(client.awaitEvents(3).posts()).isEqualTo(posts(author)).endsWith(quick);
    }
  }

  private static double metric(String prefix) throws Exception {
    return first
        .management()
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .mapToDouble(line -> Double.parseDouble(line.substring(prefix.length())))
        .sum();
  }

  @Test
  void missedPostsArriveBeforeNewOnes() throws Exception {
    UUID last = author.post("последний увиденный");
    Person stranger = Person.register(first.api());
    // A batch examines at most 1,000 posts. One transaction inserts 1,500 posts, another inserts
    // 2,500 posts of a stranger, and 500 transactions insert one post each.
    primary.execute(insert(author, "FROM generate_series(1, 1500)"));
    primary.execute(insert(stranger, "FROM generate_series(1, 2500)"));
    primary.execute(
        "DO 'BEGIN FOR i IN 1..500 LOOP %s; COMMIT; END LOOP; END'"
            .formatted(insert(author, "").replace("'", "''")));
    try (ExecutorService posting = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> more =
          posting.submit(() -> {
            for (int i = 0; i < 30; i++) {
              author.post("во время чтения");
            }
            return null;
          });
      try (LiveClient client = LiveClient.after(reader.at(second.api()), last)) {
        more.get(60, SECONDS);

        List<UUID> expected = posts(author);
        assertThat(expected).hasSize(2031).startsWith(last);
        assertThat(client.awaitEvents(2030).posts()).isEqualTo(expected.subList(1, 2031));
        UUID next = author.post("потом");
        assertThat(client.awaitEvents(2031).posts()).endsWith(next);
      }
    }
  }

  @Test
  void aNewSubscriberGetsEveryPostThatIsAcknowledgedFromThenOn() throws Exception {
    for (int i = 0; i < 20; i++) {
      Person there = reader.at((i % 2 == 0 ? first : second).api());
      UUID before = author.post("до " + i);
      try (LiveClient client = LiveClient.of(there);
          LiveClient again = LiveClient.after(there, before)) {
        UUID post = author.post("после " + i);
        assertThat(client.awaitEvents(1).posts()).endsWith(post);
        assertThat(again.awaitEvents(1).posts()).containsExactly(post);
      }
    }
  }

  @Test
  void aLaggingReplicaDelaysNoPost() throws Exception {
    replica.execute("SELECT pg_wal_replay_pause()");
    try (LiveClient here = LiveClient.of(reader);
        LiveClient there = LiveClient.of(reader.at(second.api()))) {
      UUID post = author.post("раз");

      assertThat(here.awaitEvents(1).posts()).containsExactly(post);
      assertThat(there.awaitEvents(1).posts()).containsExactly(post);
      try (LiveClient late = LiveClient.after(reader, post)) {
        UUID next = author.post("два");
        assertThat(late.awaitEvents(1).posts()).containsExactly(next);
      }
    } finally {
      replica.execute("SELECT pg_wal_replay_resume()");
    }
  }

  @Test
  void aBrokerThatFailsOnlyDelaysPostsUntilAnotherTakesOver() throws Exception {
    try (LiveClient here = LiveClient.of(reader);
        LiveClient there = LiveClient.of(reader.at(second.api()));
        StompServer other = new StompServer("broker-pass")) {
      toBroker.to();
      toBroker.cut();
      await().atMost(20, SECONDS).until(() -> broker.subscribers() == 0);
      UUID untold = author.post("никто не узнал");
      here.awaitEvents(1);
      assertThat(there.events()).isEmpty();

      toBroker.to(other.address());
      await().atMost(20, SECONDS).until(() -> other.subscribers() == 2);
      there.awaitEvents(1);
      UUID told = author.post("снова слышно");

      assertThat(there.awaitEvents(2).posts()).containsExactly(untold, told);
      assertThat(here.awaitEvents(2).posts()).containsExactly(untold, told);
    } finally {
      toBroker.to(broker.address());
      toBroker.cut();
    }
  }

  @Test
  void withoutABrokerNewPostsAreFoundByPolling() throws Exception {
    try (RunningCore alone = node("LIVE_POLL_MS=100", "RABBITMQ_PORT=1");
        LiveClient client = LiveClient.of(reader.at(alone.api()))) {
      UUID post = author.post("раз");

      assertThat(client.awaitEvents(1).posts()).containsExactly(post);
    }
  }

  @Test
  void clientsOfAStoppingNodeMissNoPostIfTheyReconnect() throws Exception {
    RunningCore stopping = node(NEVER);
    List<UUID> got = new ArrayList<>();
    try (LiveClient client = LiveClient.of(reader.at(stopping.api()));
        ExecutorService posting = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> posts =
          posting.submit(() -> {
            for (int i = 0; i < 100; i++) {
              author.post("текст " + i);
            }
            return null;
          });
      client.awaitEvents(20);
      stopping.close();
      assertThat(client.awaitClosed()).startsWith("1001 ");
      got.addAll(client.posts());
      try (LiveClient back = LiveClient.after(reader.at(second.api()), got.getLast())) {
        posts.get(60, SECONDS);
        got.addAll(back.awaitEvents(100 - got.size()).posts());
      }
    }

    assertThat(got).isEqualTo(posts(author));
  }
}
