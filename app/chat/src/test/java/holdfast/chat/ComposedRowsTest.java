package holdfast.chat;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.SharedPostgres;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Tests of the migration to composed texts (NFC), on rows that an older release wrote. */
class ComposedRowsTest {

  private static final UUID LOW = new UUID(0, 1);
  private static final UUID HIGH = new UUID(0, 2);

  @Test
  void textsAreComposedAndCutAtTheLimitAndOthersAreNotRewritten() throws Exception {
    try (Postgres postgres = Postgres.primary()) {
      SharedPostgres.migrateUpTo("4", postgres, "chat");
      var connection = new SingleConnectionDataSource(postgres.connect(), true);
      JdbcClient jdbc = JdbcClient.create(connection);
      UUID apart = insert(jdbc, "\u0418\u0306");
      UUID growing = insert(jdbc, "\u0958".repeat(10_000));
      UUID composed = insert(jdbc, "\u0419");
      String before = read(jdbc, "xmin || ' ' || ctid", composed);

      SharedPostgres.migrate(postgres, "chat");

      assertThat(read(jdbc, "text", apart)).isEqualTo("\u0419");
      assertThat(read(jdbc, "text", growing)).isEqualTo("\u0915\u093c".repeat(5_000));
      assertThat(read(jdbc, "xmin || ' ' || ctid", composed)).isEqualTo(before);
      connection.destroy();
    }
  }

  @Test
  void textsThatAnOlderNodeWritesAfterwardsAreComposedToo() throws Exception {
    try (Postgres postgres = Postgres.primary()) {
      SharedPostgres.migrate(postgres, "chat");
      var connection = new SingleConnectionDataSource(postgres.connect(), true);
      JdbcClient jdbc = JdbcClient.create(connection);
      jdbc.sql("SET ROLE chat").update();

      UUID apart = insert(jdbc, "\u0418\u0306");
      UUID growing = insert(jdbc, "\u0958".repeat(10_000));

      assertThat(read(jdbc, "text", apart)).isEqualTo("\u0419");
      assertThat(read(jdbc, "text", growing)).isEqualTo("\u0915\u093c".repeat(5_000));
      connection.destroy();
    }
  }

  private static UUID insert(JdbcClient jdbc, String text) {
    UUID id = UUID.randomUUID();
    jdbc.sql("INSERT INTO messages VALUES (?, ?, ?, true, ?, now())")
        .params(id, LOW, HIGH, text)
        .update();
    return id;
  }

  private static String read(JdbcClient jdbc, String what, UUID id) {
    return jdbc.sql("SELECT " + what + " FROM messages WHERE id = ?")
        .param(id)
        .query(String.class)
        .single();
  }
}
