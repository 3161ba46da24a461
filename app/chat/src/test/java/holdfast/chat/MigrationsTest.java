package holdfast.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.SharedPostgres;
import holdfast.platform.migration.Migrations;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  private static String migrate(Postgres postgres) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream lines = new PrintStream(out, true);
    assertThat(Migrations.run("chat", SharedPostgres.owner(postgres.url()), lines, lines))
        .as(out.toString())
        .isZero();
    return out.toString();
  }

  @Test
  void theServiceMayUseItsMessagesAndNothingElse() throws Exception {
    try (Postgres postgres = Postgres.primary()) {
      assertThat(migrate(postgres)).matches("migrations applied: [1-9][0-9]*\n");
      assertThat(migrate(postgres)).isEqualTo("migrations applied: 0\n");

      try (Connection chat = DriverManager.getConnection(postgres.url(), "chat", "chat-pass");
          Statement statement = chat.createStatement()) {
        statement.execute("SELECT count(*) FROM messages");
        for (String forbidden :
            new String[] {
              "DELETE FROM flyway_schema_history",
              "DROP TABLE messages",
              "CREATE TABLE own (id int)",
              "CREATE TABLE core.own (id int)"
            }) {
          assertThatThrownBy(() -> statement.execute(forbidden))
              .hasMessageContaining(forbidden.startsWith("DROP") ? "must be owner" : "denied");
        }
      }
    }
  }
}
