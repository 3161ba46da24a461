package holdfast.core.post;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.ContractAssertions;
import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedApiTest {

  private static RunningCore core;

  private Person reader;
  private Person friend;

  @BeforeAll
  static void start() {
    core = RunningCore.startOn(Shared.postgres());
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  @BeforeEach
  void meet() throws Exception {
    reader = Person.register(core.api());
    friend = Person.register(core.api());
    reader.befriend(friend);
  }

  private List<UUID> feed(String query) throws Exception {
    Answer answer = reader.api().get("/post/feed" + query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<UUID> ids = new ArrayList<>();
    answer.json().forEach(post -> ids.add(UUID.fromString(post.get("id").asString())));
    return ids;
  }

  @Test
  void onlyFriendsPostsAreShownNewestFirst() throws Exception {
    Person second = Person.register(core.api());
    assertThat(reader.api().get("/post/feed").body()).isEqualTo("[]");
    UUID first = friend.post("раз");
    UUID other = second.post("два");
    UUID third = friend.post("три");
    reader.post("своё");

    assertThat(feed("")).containsExactly(third, first);
    reader.befriend(second);
    assertThat(feed("")).containsExactly(third, other, first);
    // Friendship is directed: a user doesn't read the posts of their readers.
    assertThat(friend.api().get("/post/feed").body()).isEqualTo("[]");
    reader.api().put("/friend/delete/" + friend.id());
    assertThat(feed("")).containsExactly(other);
    assertThat(reader.api().get("/post/feed").body())
        .isEqualTo(
            "[{\"id\":\"%s\",\"text\":\"два\",\"author_user_id\":\"%s\"}]"
                .formatted(other, second.id()));
  }

  @Test
  void updatedPostsKeepTheirPlaceAndDeletedOnesAreGone() throws Exception {
    UUID first = friend.post("раз");
    UUID second = friend.post("два");
    friend.api().put("/post/update", "{\"id\":\"%s\",\"text\":\"обновлено\"}".formatted(first));

    assertThat(feed("")).containsExactly(second, first);
    assertThat(reader.api().get("/post/feed").json().get(1).get("text").asString())
        .isEqualTo("обновлено");
    friend.api().put("/post/delete/" + second);
    assertThat(feed("")).containsExactly(first);
  }

  @Test
  void pagesFollowEachOther() throws Exception {
    List<UUID> posts = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      posts.addFirst(friend.post("№ " + i));
    }

    assertThat(feed("")).isEqualTo(posts.subList(0, 10));
    assertThat(feed("?offset=0&limit=1000")).isEqualTo(posts);
    assertThat(feed("?offset=3&limit=4")).isEqualTo(posts.subList(3, 7));
    assertThat(feed("?offset=20&limit=10")).isEqualTo(posts.subList(20, 25));
    assertThat(feed("?offset=24")).isEqualTo(posts.subList(24, 25));
    for (String past : List.of("25", "9999", "10000", "1000000000", "999999999999999999")) {
      assertThat(feed("?offset=" + past)).isEmpty();
    }
  }

  @Test
  void aPageMayBeLargerThanThePartKeptInMemory() throws Exception {
    Shared.postgres()
        .execute(
            """
            INSERT INTO posts (id, author_id, text, created_at)
            SELECT gen_random_uuid(), '%s', repeat('я', 10000), now() - n * interval '1 hour'
            FROM generate_series(1, 200) AS n
            """
                .formatted(friend.id()));

    assertThat(feed("?limit=1000")).hasSize(200).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "offset=-1, offset",
    "offset=, offset",
    "offset=ten, offset",
    "offset=1.5, offset",
    "offset=1e3, offset",
    "offset=0&offset=0, offset",
    "offset=%201, offset",
    "offset=9999999999999999999, offset",
    "limit=0, limit",
    "limit=1001, limit",
    "limit=-1, limit",
    "limit=, limit",
    "limit=ten, limit",
    "limit=٣, limit",
    "limit=99999999999, limit",
    "limit=1&limit=1, limit"
  })
  void aBadParameterIsNamed(String query, String field) throws Exception {
    String path = "/post/feed?" + query.replace("٣", "%D9%A3");
    ContractAssertions.assertError(reader.api().get(path), 400, field + " ");
  }
}
