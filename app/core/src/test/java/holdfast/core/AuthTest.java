package holdfast.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.core.fixture.Person;
import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.RunningService;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which requests are authenticated, and as which user. */
class AuthTest {

  private static final String SECRET = RunningService.environment("", "").get("JWT_SECRET");
  private static final String HS256 = "{\"alg\":\"HS256\"}";

  private static RunningCore core;
  private static Http api;
  private static Person person;

  @BeforeAll
  static void start() throws Exception {
    core = RunningCore.startOn(Shared.postgres());
    api = core.api();
    person = Person.register(api);
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  private static void assertUnauthorized(Answer answer) {
    ContractAssertions.assertError(answer, 401, "bearer token");
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
  }

  private static Answer feed(String authorization) throws Exception {
    return api.send(api.request("/post/feed").header("Authorization", authorization));
  }

  private static String claims(Object subject, Instant expiry) {
    return "{\"sub\":\"%s\",\"iat\":%d,\"exp\":%d}"
        .formatted(subject, expiry.minusSeconds(60).getEpochSecond(), expiry.getEpochSecond());
  }

  private static String good() {
    return claims(person.id(), Instant.now().plusSeconds(60));
  }

  private static String signed(String header, String claims, String secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    String content = encoded(header.getBytes(UTF_8)) + "." + encoded(claims.getBytes(UTF_8));
    return content + "." + encoded(mac.doFinal(content.getBytes(UTF_8)));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /friend/set/6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "PUT, /friend/delete/6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "POST, /post/create",
    "PUT, /post/update",
    "PUT, /post/delete/6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "GET, /post/feed",
    "PUT, /friend/set/17",
    "GET, /post/feed?offset=-1"
  })
  void protectedEndpointsCheckTheTokenFirst(String method, String path) throws Exception {
    HttpRequest.Builder request =
        api.request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString("{}"));

    assertUnauthorized(api.send(request));
    assertUnauthorized(api.send(request.header("Authorization", "Bearer nonsense")));
  }

  @Test
  void theSchemesNameIsCaseInsensitive() throws Exception {
    for (String scheme : List.of("Bearer", "bearer", "BEARER")) {
      assertThat(feed(scheme + " " + person.token()).status()).isEqualTo(200);
    }
    assertThat(feed("Bearer " + signed(HS256, good(), SECRET)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Bearer ", "Bearer nonsense", "Bearer a.b.c", "Basic YTpi", ""})
  void malformedTokensAreRefused(String authorization) throws Exception {
    assertUnauthorized(feed(authorization));
    assertUnauthorized(feed("Basic " + person.token()));
    assertUnauthorized(feed("Bearer" + person.token()));
  }

  @Test
  void expiredTokensAreRefused() throws Exception {
    String expired = claims(person.id(), Instant.now().minusSeconds(1));
    assertUnauthorized(feed("Bearer " + signed(HS256, expired, SECRET)));
    String endless = "{\"sub\":\"%s\"}".formatted(person.id());
    assertUnauthorized(feed("Bearer " + signed(HS256, endless, SECRET)));
  }

  @Test
  void forgedTokensAreRefused() throws Exception {
    assertUnauthorized(feed("Bearer " + signed(HS256, good(), "s".repeat(40))));
    String unsigned =
        encoded("{\"alg\":\"none\"}".getBytes(UTF_8)) + "." + encoded(good().getBytes(UTF_8));
    assertUnauthorized(feed("Bearer " + unsigned + "."));
    assertUnauthorized(feed("Bearer " + unsigned));
    assertUnauthorized(feed("Bearer " + signed("{\"alg\":\"none\"}", good(), SECRET)));
    assertUnauthorized(feed("Bearer " + signed("{\"alg\":\"HS512\"}", good(), SECRET)));
    String[] parts = person.token().split("\\.");
    String others =
        encoded(claims(UUID.randomUUID(), Instant.now().plusSeconds(60)).getBytes(UTF_8));
    assertUnauthorized(feed("Bearer " + parts[0] + "." + others + "." + parts[2]));
  }

  @Test
  void tokensOfUnknownUsersAreRefused() throws Exception {
    for (Object subject : List.of(UUID.randomUUID(), "17", "")) {
      String claims = claims(subject, Instant.now().plusSeconds(60));
      assertUnauthorized(feed("Bearer " + signed(HS256, claims, SECRET)));
    }
    Person leaver = Person.register(api);
    leaver.post("прощайте");
    assertThat(leaver.api().get("/post/feed").status()).isEqualTo(200);
    Shared.postgres().execute("DELETE FROM users WHERE id = '%s'".formatted(leaver.id()));
    // These endpoints check in their own statements that the user exists. Other endpoints may
    // accept a deleted user for some seconds.
    assertUnauthorized(leaver.api().post("/post/create", Person.text("ещё")));
    assertUnauthorized(leaver.api().put("/friend/set/" + person.id()));
    await()
        .atMost(20, SECONDS)
        .untilAsserted(() -> assertUnauthorized(leaver.api().get("/post/feed")));
  }

  @Test
  void anInvalidOptionalTokenIsIgnored() throws Exception {
    String path = "/post/get/" + person.post("для всех");
    assertThat(api.get(path).status()).isEqualTo(200);
    for (String token : List.of("nonsense", signed(HS256, good(), "s".repeat(40)))) {
      assertThat(api.as(token).get(path).status()).isEqualTo(200);
    }
  }
}
