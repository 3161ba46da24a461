package holdfast.platform.migration;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Postgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of migrations that change the table users while another session holds a lock on it. */
class LockedMigrationTest {

  private static final String WAITS =
      "SELECT FROM pg_locks WHERE NOT granted AND relation = 'core.users'::regclass";
  private static final String COLUMN =
      "SELECT FROM pg_attribute WHERE attrelid = 'core.users'::regclass AND attname = 'extra'";

  private static Postgres postgres;

  @TempDir private Path more;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.primary();
    RunningCore.migrate(postgres);
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  private int migrate(Duration patience) throws Exception {
    Files.writeString(more.resolve("V900__extra.sql"), "ALTER TABLE users ADD COLUMN extra int");
    return migrate(patience, RunningCore.owner(postgres.url()));
  }

  private int migrate(Duration patience, Map<String, String> environment) {
    return Migrations.run(
        "core",
        environment,
        patience,
        List.of("filesystem:" + more),
        System.out,
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void waitingSessionsGetThroughWhileTheMigrationRetries() throws Exception {
    try (Connection reader = postgres.connect();
        Connection writer = postgres.connect();
        ExecutorService deploy = Executors.newVirtualThreadPerTaskExecutor()) {
      reader.setAutoCommit(false);
      run(reader, "SELECT FROM users");
      Future<Integer> migration = deploy.submit(() -> migrate(Duration.ofMinutes(2)));
      for (int round = 0; round < 2; round++) {
        await().atMost(60, SECONDS).until(() -> there(WAITS));
        run(
            writer,
            "INSERT INTO users VALUES (gen_random_uuid(), 'А', 'Б', '1990-01-01', '', 'Омск')");
        assertThat(migration.isDone()).isFalse();
      }
      assertThat(there(COLUMN)).isFalse();
      reader.rollback();

      assertThat(migration.get(60, SECONDS)).as(err.toString()).isZero();
      assertThat(there(COLUMN)).isTrue();
      run(writer, "ALTER TABLE users DROP COLUMN extra");
      run(writer, "DELETE FROM flyway_schema_history WHERE version = '900'");
    }
  }

  @Test
  void itFailsWithoutAChangeAndNamesTheBlockingSession() throws Exception {
    Files.writeString(more.resolve("V899__free.sql"), "CREATE TABLE free ()");
    try (Connection reader = postgres.connect()) {
      reader.setAutoCommit(false);
      run(reader, "SELECT FROM users");

      assertThat(migrate(Duration.ofSeconds(1))).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("users is locked by pid", "login postgres", "idle in transaction")
          .contains("migration 900 changed nothing", "earlier ones stay")
          .containsOnlyOnce("\n");
      assertThat(there(COLUMN)).isFalse();
      assertThat(there("SELECT FROM pg_class WHERE oid = to_regclass('core.free')")).isTrue();
      postgres.execute("DROP TABLE core.free");
      postgres.execute("DELETE FROM core.flyway_schema_history WHERE version = '899'");
    }
  }

  @Test
  void itUsesTheLockTimeoutOfTheDeploy() throws Exception {
    Files.writeString(
        more.resolve("V901__timeout.sql"),
        "DO 'BEGIN ASSERT current_setting(''lock_timeout'') = ''7s''; END'");
    Map<String, String> environment = new HashMap<>(RunningCore.owner(postgres.url()));
    environment.put("MIGRATION_LOCK_TIMEOUT", "7");

    assertThat(migrate(Duration.ofMinutes(1), environment)).as(err.toString()).isZero();
    postgres.execute("DELETE FROM core.flyway_schema_history WHERE version = '901'");
  }

  private static void run(Connection connection, String sql) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean there(String sql) throws Exception {
    try (Connection connection = postgres.connect();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      return rows.next();
    }
  }
}
