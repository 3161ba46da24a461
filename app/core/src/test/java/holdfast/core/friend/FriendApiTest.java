package holdfast.core.friend;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.ContractAssertions;
import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FriendApiTest {

  private static RunningCore core;
  private static Person reader;

  @BeforeAll
  static void start() throws Exception {
    core = RunningCore.startOn(Shared.postgres());
    reader = Person.register(core.api());
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  private static void assertEmpty(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  private static void assertError(Answer answer, int status) {
    ContractAssertions.assertError(answer, status, "user_id ");
  }

  private static Answer set(Object friend) throws Exception {
    return reader.api().put("/friend/set/" + friend);
  }

  private static Answer delete(Object friend) throws Exception {
    return reader.api().put("/friend/delete/" + friend);
  }

  private static int friendsOf(Person reader) throws Exception {
    try (Connection connection = Shared.postgres().connect();
        ResultSet count =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT count(*) FROM friendships WHERE user_id = '%s'"
                        .formatted(reader.id()))) {
      count.next();
      return count.getInt(1);
    }
  }

  @Test
  void settingAndDeletingAFriendCanBeRepeated() throws Exception {
    UUID friend = Person.register(core.api()).id();
    int before = friendsOf(reader);

    assertEmpty(set(friend));
    assertEmpty(set(friend));
    assertThat(friendsOf(reader)).isEqualTo(before + 1);
    assertEmpty(delete(friend));
    assertEmpty(delete(friend));
    assertThat(friendsOf(reader)).isEqualTo(before);
  }

  @Test
  void unknownUsersAndOneselfCannotBeFriends() throws Exception {
    assertError(set(UUID.randomUUID()), 404);
    assertError(set(reader.id()), 400);
    // Deleting succeeds for a user who isn't a friend.
    assertEmpty(delete(UUID.randomUUID()));
    assertEmpty(delete(reader.id()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "1-1-1-1-1", "6f9619ff-8b86-d011-b42d-00cf4fc964fg", "%00"})
  void idsMustBeUuids(String id) throws Exception {
    if (id.equals("%00")) {
      assertThat(set(id).status()).isEqualTo(400);
      return;
    }
    assertError(set(id), 400);
    assertError(delete(id), 400);
  }

  @Test
  void concurrentRequestsCannotExceedTheLimitOfFriends() throws Exception {
    Person popular = Person.register(core.api());
    Shared.postgres()
        .execute(
            """
            INSERT INTO users
            SELECT md5('friend' || n)::uuid, 'Д', 'Е', '1990-01-01', '', 'Омск', NULL
            FROM generate_series(1, 5002) AS n;
            INSERT INTO friendships
            SELECT '%s', md5('friend' || n)::uuid FROM generate_series(1, 4999) AS n
            """
                .formatted(popular.id()));

    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        Connection other = Shared.postgres().connect()) {
      // This connection acts as another request of the same user. Such a request locks the user's
      // row until it commits.
      other.setAutoCommit(false);
      execute(other, "SELECT FROM users WHERE id = '%s' FOR NO KEY UPDATE", popular.id());
      execute(other, "INSERT INTO friendships VALUES ('%s', '%s')", popular.id(), named(5000));
      Future<Answer> late = clients.submit(() -> popular.api().put("/friend/set/" + named(5001)));
      await().atMost(10, SECONDS).until(() -> late.isDone() || isSomebodyWaiting());
      other.commit();

      assertError(late.get(), 409);
    }
    assertThat(friendsOf(popular)).isEqualTo(5000);
    assertEmpty(popular.api().put("/friend/set/" + named(1)));
    assertError(popular.api().put("/friend/set/" + named(5002)), 409);
    assertEmpty(popular.api().put("/friend/delete/" + named(1)));
    assertEmpty(popular.api().put("/friend/set/" + named(5002)));
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws Exception {
    connection.createStatement().execute(sql.formatted(values));
  }

  private static boolean isSomebodyWaiting() throws Exception {
    try (Connection connection = Shared.postgres().connect();
        ResultSet waiting =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT FROM pg_stat_activity"
                        + " WHERE usename = 'core' AND wait_event_type = 'Lock'")) {
      return waiting.next();
    }
  }

  private static UUID named(int number) throws Exception {
    byte[] hash = MessageDigest.getInstance("MD5").digest(("friend" + number).getBytes());
    ByteBuffer halves = ByteBuffer.wrap(hash);
    return new UUID(halves.getLong(), halves.getLong());
  }
}
