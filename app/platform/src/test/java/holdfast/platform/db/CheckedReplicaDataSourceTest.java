package holdfast.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import holdfast.platform.errors.Unavailable;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.postgres.SqlFailure;
import holdfast.platform.postgres.WalPositions;
import holdfast.platform.retry.Deadline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tests with real servers. Some tests invent the position that the primary reports. */
@ExtendWith(OutputCaptureExtension.class)
class CheckedReplicaDataSourceTest {

  private static final Function<JdbcClient, String> READ =
      jdbc -> jdbc.sql("SELECT 1").query(String.class).single();

  private static Postgres primary;
  private static Postgres replica;

  private final DatabaseConfiguration configuration = new DatabaseConfiguration();
  private final MeterRegistry metrics = new SimpleMeterRegistry();

  @BeforeAll
  static void start() throws Exception {
    primary = Postgres.primary();
    replica = primary.replica();
  }

  @AfterAll
  static void stop() throws Exception {
    replica.close();
    primary.close();
  }

  @Test
  void acceptsAReplicaAtThePrimarysPosition() throws Exception {
    assertGiven(server(replica), position(0));
  }

  @Test
  void refusesAReplicaThatIsOneByteAhead() throws Exception {
    CheckedReplicaDataSource checked =
        new CheckedReplicaDataSource(server(replica), () -> position(-1));

    assertThatThrownBy(checked::getConnection)
        .isInstanceOf(SQLTransientConnectionException.class)
        .matches(e -> SqlFailure.passes((SQLException) e));
    await().untilAsserted(() -> assertThat(sessions()).isZero());
  }

  @Test
  void usesReplicasUncheckedWithoutThePrimarysPositionAndLogsEachReasonOnce(CapturedOutput output)
      throws Exception {
    List<Optional<String>> failures =
        Stream.of("silent", "silent", "gone", "silent", null, "silent")
            .map(Optional::ofNullable)
            .toList();
    Iterator<Optional<String>> next = failures.iterator();
    CheckedReplicaDataSource checked =
        new CheckedReplicaDataSource(
            server(replica),
            () -> {
              next.next()
                  .ifPresent(failure -> {
                    throw new Unavailable("the primary is " + failure);
                  });
              return position(0);
            });

    while (next.hasNext()) {
      try (Connection given = checked.getConnection()) {
        assertThat(given.isValid(1)).isTrue();
      }
    }

    assertThat(output.getAll().lines().filter(line -> line.contains("used unchecked")))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("unchecked: the primary is silent"),
            line -> assertThat(line).endsWith("unchecked: the primary is gone"),
            line -> assertThat(line).endsWith("unchecked: the primary is silent"));
  }

  @Test
  void waitsForThePrimarysPositionOnlyUntilTheLimit() throws Exception {
    try (Pool its = configuration.primary(properties(primary, replica), metrics)) {
      await().until(its::answers);
      assertThat(its.writtenWithin(Duration.ofSeconds(20)).asLong()).isPositive();

      // The pool's only connection is in use.
      its.find(
          Deadline.in(Duration.ofSeconds(20)),
          jdbc -> {
            assertThatThrownBy(() -> its.writtenWithin(Duration.ofMillis(50)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("in time");
            return READ.apply(jdbc);
          });
    }
  }

  @Test
  void acceptsAPrimary() throws Exception {
    assertGiven(server(primary), LogSequenceNumber.valueOf(1));
  }

  @Test
  void thePoolAcceptsAReplicaOnceThePrimaryHasCaughtUp() throws Exception {
    try (Postgres behind = Postgres.primary();
        Pool its = configuration.primary(properties(behind, replica), metrics)) {
      advance(primary, 4);
      // Repeated, because on a slow machine the primary may report its position too late for the
      // comparison.
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            try (Pool replicas =
                configuration.replicas(properties(behind, replica), its, metrics)) {
              assertThatThrownBy(() -> replicas.find(Deadline.in(Duration.ofSeconds(2)), READ))
                  .isInstanceOf(Unavailable.class);
            }
          });

      advance(behind, 8);

      try (Pool replicas = configuration.replicas(properties(behind, replica), its, metrics)) {
        assertThat(replicas.find(Deadline.in(Duration.ofSeconds(20)), READ)).isEqualTo("1");
      }
    }
  }

  /** Advances the WAL by this many segments of 16 MB. */
  private static void advance(Postgres server, int segments) throws Exception {
    for (int i = 0; i < segments; i++) {
      server.execute("CREATE TABLE IF NOT EXISTS segment_%d ()".formatted(i));
      server.execute("SELECT pg_switch_wal()");
    }
  }

  private static DatabaseProperties properties(Postgres primary, Postgres replica) {
    Duration second = Duration.ofSeconds(1);
    Duration minute = Duration.ofMinutes(1);
    return new DatabaseProperties(
        primary.url(),
        replica.url(),
        "core",
        "core",
        "core-pass",
        1,
        1,
        minute,
        minute,
        second,
        second,
        minute,
        second,
        minute,
        second,
        minute);
  }

  private static void assertGiven(PGSimpleDataSource server, LogSequenceNumber written)
      throws SQLException {
    try (Connection given = new CheckedReplicaDataSource(server, () -> written).getConnection()) {
      assertThat(given.isValid(1)).isTrue();
    }
  }

  /** The replica's position plus this number of bytes. */
  private static LogSequenceNumber position(int more) {
    try (Connection connection = replica.connect()) {
      return LogSequenceNumber.valueOf(WalPositions.replayed(connection).asLong() + more);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int sessions() throws SQLException {
    try (Connection connection = replica.connect();
        var statement = connection.createStatement();
        var answer =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'core'")) {
      answer.next();
      return answer.getInt(1);
    }
  }

  private static PGSimpleDataSource server(Postgres postgres) {
    PGSimpleDataSource server = new PGSimpleDataSource();
    server.setURL(postgres.url());
    server.setUser("core");
    server.setPassword("core-pass");
    return server;
  }
}
