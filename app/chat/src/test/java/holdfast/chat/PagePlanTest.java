package holdfast.chat;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.platform.fixture.Plans;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.SharedPostgres;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests of the plans of the service's own statements, on a dialog that is too long to be sorted.
 */
class PagePlanTest {

  private static final Dialog DIALOG = Dialog.of(new UUID(1, 1), new UUID(2, 2));

  private static Postgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.primary();
    SharedPostgres.migrate(postgres, "chat");
    postgres.execute(
        """
        INSERT INTO messages (id, low_user, high_user, from_low, text, sent_at)
        SELECT md5(n::text)::uuid, '%s', '%s', n %% 2 = 0, 'text',
               timestamptz '2026-01-01' + n * interval '1 s'
        FROM generate_series(1, 100000) AS n
        """
            .formatted(DIALOG.low(), DIALOG.high()));
    postgres.execute("ANALYZE messages");
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom", "generic"})
  void aPageIsReadFromTheIndexInItsOrder(String mode) throws Exception {
    String newest = page(mode, null);
    assertThat(newest).contains("Index Scan Backward using messages_dialog");
    assertThat(newest).doesNotContain("Sort", "Seq Scan", "Filter");

    String middle =
        page(mode, new MessageCursor(OffsetDateTime.parse("2026-01-02T00:00:00Z"), new UUID(0, 0)));
    assertThat(middle).contains("Index Scan Backward using messages_dialog");
    // The index scan must begin at the position. A filter would read all newer messages first.
    assertThat(middle).containsPattern("Index Cond: .*ROW\\(sent_at, id\\) <");
    assertThat(middle).doesNotContain("Sort", "Seq Scan", "Filter");
  }

  @Test
  void aNewMessageFindsItsPlaceByTheIndex() throws Exception {
    List<Object> parameters = new ArrayList<>(List.of(UUID.randomUUID()));
    parameters.addAll(List.of(DIALOG.low(), DIALOG.high(), true, "text"));
    parameters.addAll(List.of(DIALOG.low(), DIALOG.high()));

    for (String mode : List.of("custom", "generic")) {
      assertThat(Plans.of(postgres, mode, Messages.INSERT, parameters))
          .contains("Index Only Scan Backward using messages_dialog")
          .doesNotContain("Sort", "Seq Scan", "Filter");
    }
  }

  private static String page(String mode, @Nullable MessageCursor before) throws Exception {
    List<Object> parameters = new ArrayList<>();
    String sql = Messages.pageSql(DIALOG, new MessagePageQuery(1_000, before), parameters);
    return Plans.of(postgres, mode, sql, parameters);
  }
}
