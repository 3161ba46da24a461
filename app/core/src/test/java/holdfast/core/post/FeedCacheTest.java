package holdfast.core.post;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Redis;
import holdfast.platform.fixture.TcpSwitch;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests with two nodes and one Redis: cached feeds must stay correct whatever happens to Redis. */
class FeedCacheTest {

  private static final String HITS = "holdfast_feed_total{cache=\"hit\"}";

  private static Redis redis;
  private static TcpSwitch toRedis;
  private static RunningCore first;
  private static RunningCore second;

  /** The reader uses the first node. Friends write at the second. */
  private Person reader;

  private Person friend;

  @BeforeAll
  static void startServers() throws Exception {
    redis = Redis.start();
    toRedis = new TcpSwitch(redis.address());
    first = start();
    second = start();
  }

  private static RunningCore start(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("REDIS_PORT=" + toRedis.port());
    return RunningCore.startOn(Shared.postgres(), all.toArray(String[]::new));
  }

  @AfterAll
  static void stopServers() throws Exception {
    second.close();
    first.close();
    toRedis.close();
    redis.close();
  }

  @BeforeEach
  void meet() throws Exception {
    awaitCache(1);
    reader = Person.register(first.api());
    friend = Person.register(second.api());
    reader.befriend(friend);
  }

  @AfterEach
  void heal() throws Exception {
    redis.restart();
    toRedis.to(redis.address());
    toRedis.cut();
  }

  private static void awaitCache(int up) {
    for (RunningCore core : new RunningCore[] {first, second}) {
      await().atMost(20, SECONDS).until(() -> metric(core, "holdfast_cache_up") == up);
    }
  }

  private static double metric(RunningCore core, String name) throws Exception {
    return core.management()
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  private static double feeds(String cache) throws Exception {
    return metric(first, "holdfast_feed_total{cache=\"%s\"}".formatted(cache));
  }

  private List<UUID> feed(String query) throws Exception {
    return feed(reader, query);
  }

  private static List<UUID> feed(Person reader, String query) throws Exception {
    Answer answer = reader.api().get("/post/feed" + query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<UUID> ids = new ArrayList<>();
    answer.json().forEach(post -> ids.add(UUID.fromString(post.get("id").asString())));
    return ids;
  }

  private void warm() throws Exception {
    warm(first, reader);
  }

  /** Reads until the feed comes from the cache. */
  private static void warm(RunningCore core, Person reader) throws Exception {
    await()
        .atMost(20, SECONDS)
        .until(() -> {
          // An entry that is read from the primary doesn't cover the primary's newest commit. This
          // message is a newer commit, so the entry covers all writes of the test.
          Shared.postgres().execute("SELECT pg_logical_emit_message(true, 'test', '')");
          double hits = metric(core, HITS);
          feed(reader, "");
          return metric(core, HITS) > hits;
        });
  }

  @Test
  void aCachedFeedIsServedPageByPage() throws Exception {
    List<UUID> posts = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      posts.addFirst(friend.post("№ " + i));
    }
    warm();
    double misses = feeds("miss");

    assertThat(feed("")).isEqualTo(posts.subList(0, 10));
    assertThat(feed("?offset=10&limit=10")).isEqualTo(posts.subList(10, 20));
    assertThat(feed("?offset=20&limit=980")).isEqualTo(posts.subList(20, 25));
    assertThat(feed("?offset=25&limit=10")).isEmpty();
    assertThat(feeds("miss")).isEqualTo(misses);
    // The cached part ends after 1,000 posts.
    double none = feeds("none");
    assertThat(feed("?offset=0&limit=1000")).isEqualTo(posts);
    assertThat(feeds("none")).isEqualTo(none);
    assertThat(feed("?offset=1&limit=1000")).isEqualTo(posts.subList(1, 25));
    assertThat(feeds("none")).isEqualTo(none + 1);
  }

  @Test
  void everyWriteAtAnotherNodeIsShownAtOnce() throws Exception {
    Person other = Person.register(second.api());
    UUID others = other.post("von anderswo");
    UUID one = friend.post("eins");
    warm();
    assertThat(feed("")).containsExactly(one);

    UUID two = friend.post("zwei");
    assertThat(feed("")).containsExactly(two, one);
    warm();
    String update = "{\"id\":\"%s\",\"text\":\"eins, besser\"}".formatted(one);
    assertThat(friend.api().put("/post/update", update).status()).isEqualTo(200);
    assertThat(reader.api().get("/post/feed").json().get(1).get("text").asString())
        .isEqualTo("eins, besser");
    warm();
    assertThat(friend.api().put("/post/delete/" + two).status()).isEqualTo(200);
    assertThat(feed("")).containsExactly(one);
    warm();
    Person elsewhere = reader.at(second.api());
    elsewhere.befriend(other);
    assertThat(feed("")).containsExactly(one, others);
    warm();
    assertThat(elsewhere.api().put("/friend/delete/" + friend.id()).status()).isEqualTo(200);
    assertThat(feed("")).containsExactly(others);
  }

  @Test
  void ifTooManyUsersWroteTheMarksOfFriendsDecide() throws Exception {
    UUID one = friend.post("eins");
    warm();
    List<String> words = new ArrayList<>(List.of("ZADD", "writers"));
    for (int i = 0; i <= 500; i++) {
      words.addAll(List.of("9e15", UUID.randomUUID().toString()));
    }
    redis.say(words.toArray(String[]::new));

    double hits = feeds("hit");
    assertThat(feed("")).containsExactly(one);
    assertThat(feeds("hit")).isEqualTo(hits + 1);
    UUID two = friend.post("zwei");
    assertThat(feed("")).containsExactly(two, one);
  }

  @Test
  void aFeedThatMissedAChangeExpires() throws Exception {
    try (RunningCore hasty = start("holdfast.feed.lifetime=2s")) {
      await().atMost(20, SECONDS).until(() -> metric(hasty, "holdfast_cache_up") == 1);
      Person there = reader.at(hasty.api());
      UUID one = friend.post("eins");
      warm(hasty, there);
      UUID two = UUID.randomUUID();
      // The post is inserted without the service, so no write mark shows that the entry is stale.
      Shared.postgres()
          .execute(
              "INSERT INTO posts (id, author_id, text) VALUES ('%s', '%s', 'zwei')"
                  .formatted(two, friend.id()));
      assertThat(redis.say("TTL", "feed:" + reader.id())).containsPattern(":[0-2]\\r");
      await()
          .atMost(20, SECONDS)
          .untilAsserted(() -> assertThat(feed(there, "")).containsExactly(two, one));
    }
  }

  @Test
  void aDeletedPostLeavesNoGapInAPage() throws Exception {
    UUID one = friend.post("eins");
    UUID two = friend.post("zwei");
    warm();
    // The post is changed without the service, so the cached feed still has it.
    Shared.postgres()
        .execute("UPDATE posts SET text = '', deleted = true WHERE id = '%s'".formatted(two));

    assertThat(feed("?limit=1")).containsExactly(one);
  }

  @Test
  void feedsComeFromTheDatabaseUntilRedisReturns() throws Exception {
    UUID one = friend.post("eins");
    warm();
    redis.stop();
    awaitCache(0);
    double none = feeds("none");

    UUID two = friend.post("zwei");
    assertThat(feed("")).containsExactly(two, one);
    assertThat(feeds("none")).isEqualTo(none + 1);
    redis.restart();
    awaitCache(1);
    warm();
    assertThat(feed("")).containsExactly(two, one);
  }

  @Test
  void anEntryOfAnOldRedisIsNotUsed() throws Exception {
    UUID one = friend.post("eins");
    warm();
    String kept = "feed:" + reader.id();
    try (Redis other = Redis.start()) {
      toRedis.to(other.address());
      toRedis.cut();
      awaitCache(1);
      await().atMost(20, SECONDS).until(() -> other.say("CLIENT", "LIST").contains("holdfast"));
      UUID two = friend.post("zwei");
      assertThat(feed("")).containsExactly(two, one);
      assertThat(redis.say("EXISTS", kept)).startsWith(":1");
      // The mark of the second post is only on the other Redis.
      toRedis.to(redis.address());
      toRedis.cut();
      await().atMost(20, SECONDS).until(() -> redis.say("CLIENT", "LIST").contains("holdfast"));
      awaitCache(1);
      assertThat(feed("")).containsExactly(two, one);
    }
  }

  @Test
  void aSilentRedisFailsNoFeed() throws Exception {
    UUID one = friend.post("eins");
    warm();
    toRedis.silence();

    for (int i = 0; i < 20; i++) {
      assertThat(feed("")).containsExactly(one);
    }
    awaitCache(1);
    warm();
  }

  @Test
  void aFullRedisStoresNoFeedButFailsNone() throws Exception {
    UUID one = friend.post("eins");
    Person other = Person.register(second.api());
    UUID others = other.post("von anderswo");
    warm();
    redis.say("CONFIG", "SET", "maxmemory-policy", "noeviction");
    redis.say("CONFIG", "SET", "maxmemory", "1");

    // The change of friends removes the cached feed, although Redis stores no mark.
    reader.befriend(other);
    assertThat(feed("")).containsExactly(others, one);
    UUID two = friend.post("zwei");
    assertThat(feed("")).containsExactly(two, others, one);
  }

  @Test
  void aServerThatIsNotRedisFailsNoFeed() throws Exception {
    UUID one = friend.post("eins");
    HttpServer web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    web.start();
    try {
      toRedis.to(web.getAddress());
      toRedis.cut();
      for (int i = 0; i < 20; i++) {
        assertThat(feed("")).containsExactly(one);
      }
      UUID two = friend.post("zwei");
      assertThat(feed("")).containsExactly(two, one);
    } finally {
      web.stop(0);
    }
  }

  @Test
  void aMalformedEntryIsIgnored() throws Exception {
    UUID one = friend.post("eins");
    for (String nonsense : List.of("nonsense", "\u0001aaaaaaaabbbb", "x".repeat(4000))) {
      redis.say("SET", "feed:" + reader.id(), nonsense);
      assertThat(feed("")).containsExactly(one);
    }
    redis.say("DEL", "feed:" + reader.id());
    redis.say("LPUSH", "feed:" + reader.id(), "a");
    assertThat(feed("")).containsExactly(one);
  }

  @Test
  void anEmptyFeedIsCachedToo() throws Exception {
    assertThat(reader.api().put("/friend/delete/" + friend.id()).status()).isEqualTo(200);
    warm();
    assertThat(feed("")).isEmpty();
  }
}
