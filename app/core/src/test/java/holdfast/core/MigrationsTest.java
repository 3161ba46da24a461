package holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.migration.Migrations;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int migrate(Map<String, String> environment) {
    out.reset();
    err.reset();
    return Migrations.run(
        "core",
        environment,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Test
  void appliesEachMigrationOnceAndClosesTheHistoryToTheService() throws Exception {
    try (Postgres postgres = Postgres.primary()) {
      Map<String, String> owner = RunningCore.owner(postgres.url());
      assertThat(migrate(owner)).isZero();
      assertThat(out.toString()).matches("migrations applied: [1-9][0-9]*\n");
      assertThat(migrate(owner)).isZero();
      assertThat(out).hasToString("migrations applied: 0\n");

      try (Connection core = DriverManager.getConnection(postgres.url(), "core", "core-pass");
          Statement statement = core.createStatement()) {
        statement.execute("SELECT count(*) FROM users");
        for (String forbidden :
            new String[] {
              "DELETE FROM flyway_schema_history",
              "UPDATE flyway_schema_history SET success = false",
              "DROP TABLE users",
              "CREATE TABLE own (id int)"
            }) {
          assertThatThrownBy(() -> statement.execute(forbidden))
              .hasMessageContaining(forbidden.startsWith("DROP") ? "must be owner" : "denied");
        }
      }
    }
  }

  @Test
  void saysInOneLineWhatToCorrect() {
    Map<String, String> environment =
        new HashMap<>(RunningCore.owner("jdbc:postgresql://127.0.0.1:1/holdfast"));
    assertThat(migrate(environment)).isEqualTo(1);
    assertThat(err.toString()).contains("127.0.0.1:1 refused").containsOnlyOnce("\n");
    assertThat(err.toString()).doesNotContain("owner-pass");

    environment.remove("DB_OWNER_PASSWORD");
    assertThat(migrate(environment)).isEqualTo(1);
    assertThat(err).hasToString("migrate: DB_OWNER_PASSWORD is not set\n");

    environment.put("DB_OWNER_PASSWORD", "owner-pass");
    environment.remove("MIGRATION_LOCK_TIMEOUT");
    assertThat(migrate(environment)).isEqualTo(1);
    assertThat(err).hasToString("migrate: MIGRATION_LOCK_TIMEOUT is not set\n");

    for (String wrong : new String[] {"0", "-1", "1s", "0.5", "100"}) {
      environment.put("MIGRATION_LOCK_TIMEOUT", wrong);
      assertThat(migrate(environment)).isEqualTo(1);
      assertThat(err)
          .hasToString("migrate: MIGRATION_LOCK_TIMEOUT must be whole seconds, from 1 to 99\n");
    }
    assertThat(out.size()).isZero();
  }
}
