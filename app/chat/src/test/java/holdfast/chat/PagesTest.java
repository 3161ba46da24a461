package holdfast.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.SharedPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of a dialog that is read page by page, from its newest messages to its oldest. */
class PagesTest {

  private static final Postgres POSTGRES = SharedPostgres.of("chat");

  private static RunningChat chat;

  private final UUID anna = UUID.randomUUID();
  private final UUID boris = UUID.randomUUID();

  @BeforeAll
  static void start() {
    chat = RunningChat.startOn(POSTGRES);
  }

  @AfterAll
  static void stop() {
    chat.close();
  }

  /** Inserts messages. Time and text are SQL expressions, in which n is the message's number. */
  private void insert(int count, String sentAt, String text) throws Exception {
    Dialog dialog = Dialog.of(anna, boris);
    POSTGRES.execute(
        """
        INSERT INTO messages (id, low_user, high_user, from_low, text, sent_at)
        SELECT gen_random_uuid(), '%s', '%s', n %% 2 = 0, %s, %s
        FROM generate_series(1, %d) AS n
        """
            .formatted(dialog.low(), dialog.high(), text, sentAt, count));
  }

  /** Reads all pages and joins them, from the oldest message to the newest. */
  private List<String> all(int limit) throws Exception {
    List<String> texts = new ArrayList<>();
    String before = "";
    do {
      Answer page = chat.list(anna, boris, "?limit=" + limit + before);
      assertThat(page.status()).as(page.body()).isEqualTo(200);
      assertThat(page.json().size()).isBetween(1, limit);
      texts.addAll(0, texts(page));
      assertThat(texts).as("no message comes twice").doesNotHaveDuplicates();
      before = page.headers().firstValue("X-Next-Before").map(at -> "&before=" + at).orElse("");
    } while (!before.isEmpty());
    return texts;
  }

  private static List<String> texts(Answer page) {
    return page.json().valueStream().map(message -> message.get("text").asString()).toList();
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  @Test
  void withoutALimitTheNewestThousandAreReturned() throws Exception {
    insert(1_001, "timestamptz '2026-01-01' + n * interval '1 second'", "n::text");

    Answer newest = chat.list(anna, boris, "");
    assertThat(texts(newest)).isEqualTo(numbers(2, 1_001));
    Answer rest = chat.list(anna, boris, "?before=" + newest.header("X-Next-Before"));
    assertThat(texts(rest)).containsExactly("1");
    assertThat(rest.headers().firstValue("X-Next-Before")).isEmpty();
    assertThat(chat.list(anna, boris, "?limit=1").json().size()).isEqualTo(1);
  }

  @Test
  void pagesOfAnySizeTogetherAreTheDialog() throws Exception {
    insert(60, "timestamptz '2026-01-01' + n * interval '1 microsecond'", "n::text");

    for (int limit : new int[] {1, 7, 20, 59, 60, 61}) {
      assertThat(all(limit)).as("limit %d", limit).isEqualTo(numbers(1, 60));
    }
  }

  @Test
  void messagesOfTheSameTimeAreNeitherLostNorRepeated() throws Exception {
    insert(50, "timestamptz '2026-01-01'", "n::text");

    List<String> whole = all(1_000);
    assertThat(whole).containsExactlyInAnyOrderElementsOf(numbers(1, 50));
    for (int limit : new int[] {1, 7, 49}) {
      assertThat(all(limit)).as("limit %d", limit).isEqualTo(whole);
    }
  }

  @Test
  void anOlderPageStaysTheSameWhileMessagesArrive() throws Exception {
    insert(10, "timestamptz '2026-01-01' + n * interval '1 second'", "n::text");
    String before = chat.list(anna, boris, "?limit=5").header("X-Next-Before");

    chat.send(anna, boris, "новое");

    assertThat(texts(chat.list(anna, boris, "?limit=5&before=" + before))).isEqualTo(numbers(1, 5));
  }

  @Test
  void aPageHasAtMostOneMebibyteAndTheCursorOfTheNext() throws Exception {
    insert(60, "timestamptz '2026-01-01' + n * interval '1 second'", "n || repeat('😀', 9990)");

    Answer newest = chat.list(anna, boris, "");
    assertThat(newest.body().getBytes(UTF_8).length)
        .isBetween(MessagePage.MOST_BYTES - 41_000, MessagePage.MOST_BYTES);
    assertThat(newest.header("X-Next-Before")).isNotEmpty();
    assertThat(all(1_000)).hasSize(60);
  }

  @Test
  void aLaterMessageSortsLaterEvenIfTheClockIsBehind() throws Exception {
    // The clock of the previous primary was a day ahead.
    insert(1, "now() + interval '1 day'", "'прежнее'");
    for (int i = 0; i < 5; i++) {
      assertThat(chat.send(i % 2 == 0 ? anna : boris, i % 2 == 0 ? boris : anna, "" + i).status())
          .isEqualTo(200);
    }

    assertThat(texts(chat.list(anna, boris, "")))
        .containsExactly("прежнее", "0", "1", "2", "3", "4");
  }
}
