package holdfast.core.user;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.SharedPostgres;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of the migrations to composed texts (NFC), on rows that an older release wrote. */
class ComposedRowsTest {

  private static final String COMPOSED = "\u0419";
  private static final String APART = "\u0418\u0306";

  /** A character that is one code point as typed, and two when composed. */
  private static final String GROWS = "\u0958";

  private static final String GROWN = "\u0915\u093c";

  private static final UUID APART_ID = UUID.randomUUID();
  private static final UUID GROWING_ID = UUID.randomUUID();
  private static final UUID COMPOSED_ID = UUID.randomUUID();
  private static final UUID LATE_ID = UUID.randomUUID();
  private static final UUID LATE_GROWING_ID = UUID.randomUUID();
  private static final UUID CHANGED_ID = UUID.randomUUID();

  private static Postgres postgres;
  private static SingleConnectionDataSource connection;
  private static JdbcClient jdbc;
  private static String userBefore;
  private static String postBefore;
  private static String userAfter;
  private static String postAfter;

  @BeforeAll
  static void migrate() throws Exception {
    postgres = Postgres.primary();
    SharedPostgres.migrateUpTo("6", postgres, "core");
    connection = new SingleConnectionDataSource(postgres.connect(), true);
    jdbc = JdbcClient.create(connection);
    insert(APART_ID, APART, APART, APART, APART);
    insert(GROWING_ID, GROWS.repeat(100), GROWS.repeat(100), GROWS.repeat(10_000), "Омск");
    insert(COMPOSED_ID, COMPOSED, COMPOSED, COMPOSED, COMPOSED);
    userBefore = versions("users");
    postBefore = versions("posts");
    SharedPostgres.migrateUpTo(
        "9", postgres, "core"); // a later migration may write every row again
    userAfter = versions("users");
    postAfter = versions("posts");
    RunningCore.migrate(postgres);
    writeAsAnOlderNode();
  }

  @AfterAll
  static void stop() throws Exception {
    connection.destroy();
    postgres.close();
  }

  /** Writes with the service's login, as nodes of the older release do during a rollout. */
  private static void writeAsAnOlderNode() {
    jdbc.sql("SET ROLE core").update();
    insert(LATE_ID, APART, APART, APART, APART);
    insert(LATE_GROWING_ID, GROWS.repeat(100), GROWS.repeat(100), GROWS.repeat(10_000), "Омск");
    insert(CHANGED_ID, "А", "А", "А", "А");
    jdbc.sql("UPDATE posts SET text = ? WHERE id = ?").params(APART, CHANGED_ID).update();
    jdbc.sql("RESET ROLE").update();
  }

  /** Inserts a user and a post with the same id. The post's text is the user's biography. */
  private static void insert(UUID id, String first, String second, String biography, String city) {
    jdbc.sql("INSERT INTO users VALUES (?, ?, ?, '1990-01-01', ?, ?)")
        .params(id, first, second, biography, city)
        .update();
    jdbc.sql("INSERT INTO posts (id, author_id, text) VALUES (?, ?, ?)")
        .params(id, id, biography)
        .update();
  }

  /**
   * Identifies the stored version of the row whose texts were composed from the beginning. The
   * result changes if the row is rewritten.
   */
  private static String versions(String table) {
    return jdbc.sql("SELECT xmin || ' ' || ctid FROM " + table + " WHERE id = ?")
        .param(COMPOSED_ID)
        .query(String.class)
        .single();
  }

  private static void assertUser(UUID id, String name, String biography, String city) {
    JsonNode user =
        JsonMapper.shared()
            .readTree(
                jdbc.sql("SELECT to_jsonb(users) FROM users WHERE id = ?")
                    .param(id)
                    .query(String.class)
                    .single());
    JsonNode answered = JsonMapper.shared().readTree(user.get("as_json").asString());
    for (JsonNode texts : new JsonNode[] {user, answered}) {
      assertThat(texts.get("first_name").asString()).isEqualTo(name);
      assertThat(texts.get("second_name").asString()).isEqualTo(name);
      assertThat(texts.get("biography").asString()).isEqualTo(biography);
      assertThat(texts.get("city").asString()).isEqualTo(city);
    }
  }

  private static String post(UUID id) {
    return jdbc.sql("SELECT text FROM posts WHERE id = ?").param(id).query(String.class).single();
  }

  @Test
  void textsAreComposedAndTheAnswerFollows() {
    assertUser(APART_ID, COMPOSED, COMPOSED, COMPOSED);
    assertThat(post(APART_ID)).isEqualTo(COMPOSED);
  }

  @Test
  void textsThatGrowAreCutAtTheLimit() {
    assertUser(GROWING_ID, GROWN.repeat(50), GROWN.repeat(5_000), "Омск");
    assertThat(post(GROWING_ID)).isEqualTo(GROWN.repeat(5_000));
  }

  @Test
  void textsThatAnOlderNodeWritesAfterwardsAreComposedToo() {
    assertUser(LATE_ID, COMPOSED, COMPOSED, COMPOSED);
    assertThat(post(LATE_ID)).isEqualTo(COMPOSED);
    assertThat(post(CHANGED_ID)).isEqualTo(COMPOSED);
    assertUser(LATE_GROWING_ID, GROWN.repeat(50), GROWN.repeat(5_000), "Омск");
    assertThat(post(LATE_GROWING_ID)).isEqualTo(GROWN.repeat(5_000));
  }

  /**
   * The live feed waits for transactions that have written. One transaction for both tables would
   * delay the live feed by the scans of both.
   */
  @Test
  void usersAndPostsAreComposedInSeparateTransactions() {
    assertThat(transaction("users")).isNotEqualTo(transaction("posts"));
  }

  private static String transaction(String table) {
    return jdbc.sql("SELECT xmin::text FROM " + table + " WHERE id = ?")
        .param(APART_ID)
        .query(String.class)
        .single();
  }

  @Test
  void rowsThatWereComposedAreNotRewritten() {
    assertThat(userAfter).isEqualTo(userBefore);
    assertThat(postAfter).isEqualTo(postBefore);
  }

  @Test
  void theSearchFindsComposedRows() throws Exception {
    try (RunningCore core = RunningCore.startOn(postgres)) {
      assertThat(core.api().search(COMPOSED, COMPOSED).body())
          .contains(APART_ID.toString(), COMPOSED_ID.toString(), LATE_ID.toString());
    }
  }
}
