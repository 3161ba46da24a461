package holdfast.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.retry.Deadline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Tests with sessions of a real server that fail or change while they are used. */
class PoolTest {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** After this number of runs the driver prepares the statement on the server. */
  private static final int UNTIL_PREPARED = 6;

  private static final Function<JdbcClient, String> FIND =
      jdbc -> jdbc.sql("SELECT kept FROM things").query(String.class).single();
  private static final Function<JdbcClient, String> ISOLATION =
      jdbc -> jdbc.sql("SHOW transaction_isolation").query(String.class).single();
  private static final Function<JdbcClient, String> CHANGE =
      jdbc -> jdbc.sql("UPDATE things SET kept = kept RETURNING kept").query(String.class).single();

  private static Postgres postgres;

  private final MeterRegistry metrics = new SimpleMeterRegistry();
  private Pool pool;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.primary();
    postgres.execute("CREATE TABLE core.things (kept int NOT NULL)");
    postgres.execute("INSERT INTO core.things VALUES (1)");
    postgres.execute("GRANT SELECT, UPDATE ON core.things TO core");
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void open() {
    pool = new DatabaseConfiguration().primary(properties(), metrics);
  }

  private static DatabaseProperties properties() {
    Duration second = Duration.ofSeconds(1);
    Duration minute = Duration.ofMinutes(1);
    return new DatabaseProperties(
        postgres.url(),
        postgres.url(),
        "core",
        "core",
        "core-pass",
        2,
        2,
        LIMIT,
        LIMIT,
        second,
        second,
        minute,
        second,
        LIMIT,
        second,
        LIMIT);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void thePoolFillsAlthoughItsFirstConnectionBreaksDuringSetup() {
    DatabaseProperties properties = properties();
    DataSource server = DatabaseConfiguration.server(properties, postgres.url());
    DataSource breaksOnce = new BreaksAtTheIsolationLevel(server);

    try (Pool filling =
        new Pool(
            new HikariDataSource(DatabaseConfiguration.config(properties, breaksOnce, metrics)),
            LIMIT)) {
      assertThat(filling.find(Deadline.in(LIMIT), FIND)).isEqualTo("1");
      assertThat(filling.find(Deadline.in(LIMIT), ISOLATION)).isEqualTo("read committed");
    }
  }

  @Test
  void aReadSucceedsAfterAColumnsTypeChanged() throws Exception {
    changeTheTypeBehind(() -> pool.read(Deadline.in(LIMIT), FIND));
  }

  @Test
  void aReadOfOneStatementSucceedsAfterAColumnsTypeChanged() throws Exception {
    changeTheTypeBehind(() -> pool.find(Deadline.in(LIMIT), FIND));
  }

  @Test
  void aReadWithoutRetriesSucceedsAfterAColumnsTypeChanged() throws Exception {
    changeTheTypeBehind(() -> pool.readOnce(Deadline.in(LIMIT), FIND));
  }

  @Test
  void aWriteSucceedsAfterAColumnsTypeChanged() throws Exception {
    changeTheTypeBehind(() -> pool.write(Deadline.in(LIMIT), CHANGE).result());
  }

  @Test
  void workIsRepeatedIfItsSessionIsEndedAsIdle() throws Exception {
    endsTheSession("idle_in_transaction_session_timeout = '50ms'");
  }

  @Test
  void workIsRepeatedIfItsTransactionLastsTooLong() throws Exception {
    endsTheSession("transaction_timeout = '50ms'");
  }

  private void changeTheTypeBehind(Work work) throws Exception {
    String from = postgresType();
    for (int i = 0; i < UNTIL_PREPARED; i++) {
      assertThat(work.run()).isEqualTo("1");
    }
    String to = from.equals("bigint") ? "int" : "bigint";
    postgres.execute("ALTER TABLE core.things ALTER kept TYPE " + to);

    assertThat(work.run()).isEqualTo("1");
    // The session was usable, so it must not have been replaced.
    assertThat(metrics.get("hikaricp.connections.creation").timer().count()).isLessThan(3);
  }

  private static String postgresType() throws Exception {
    try (var connection = postgres.connect();
        var rows =
            connection
                .createStatement()
                .executeQuery("SELECT pg_typeof(kept)::text FROM core.things")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private void endsTheSession(String setting) {
    AtomicInteger tries = new AtomicInteger();

    String kept =
        pool.write(
                Deadline.in(LIMIT),
                jdbc -> {
                  if (tries.incrementAndGet() == 1) {
                    jdbc.sql("SET LOCAL " + setting).update();
                    awaitTheEndOf(jdbc);
                  }
                  return CHANGE.apply(jdbc);
                })
            .result();

    assertThat(kept).isEqualTo("1");
    assertThat(tries).hasValue(2);
  }

  /**
   * Waits until the session has ended. Another session checks this, because a query in the session
   * itself would end its idle time.
   */
  private static void awaitTheEndOf(JdbcClient jdbc) {
    int pid = jdbc.sql("SELECT pg_backend_pid()").query(Integer.class).single();
    await()
        .atMost(LIMIT)
        .until(() -> {
          try (var connection = postgres.connect();
              var rows =
                  connection
                      .createStatement()
                      .executeQuery("SELECT FROM pg_stat_activity WHERE pid = " + pid)) {
            return !rows.next();
          }
        });
  }

  /** Cuts the first connection when the pool asks for its isolation level. */
  private static final class BreaksAtTheIsolationLevel extends DelegatingDataSource {

    private final AtomicBoolean broken = new AtomicBoolean();

    BreaksAtTheIsolationLevel(DataSource server) {
      super(server);
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = super.getConnection();
      return broken.getAndSet(true) ? connection : breaking(connection);
    }

    private static Connection breaking(Connection connection) {
      return (Connection)
          Proxy.newProxyInstance(
              PoolTest.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("getTransactionIsolation")) {
                  connection.close();
                  throw new SQLException("the connection was cut", "08006");
                }
                try {
                  return method.invoke(connection, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  @FunctionalInterface
  private interface Work {
    String run() throws Exception;
  }
}
