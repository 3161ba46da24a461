package holdfast.core;

import static holdfast.core.ContractAssertions.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.core.fixture.RunningCore;
import holdfast.core.fixture.Shared;
import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of behaviour that all endpoints share, and of errors before an endpoint is reached. */
@ExtendWith(OutputCaptureExtension.class)
class ContractTest {

  private static RunningCore core;
  private static Http api;

  @BeforeAll
  static void start() {
    core = RunningCore.startOn(Shared.postgres());
    api = core.api();
  }

  @AfterAll
  static void stop() {
    core.close();
  }

  @Test
  void unknownPathsAreNotFound() throws Exception {
    assertError(api.get("/nothing"), 404, "nothing at this path");
    assertError(api.get("/user/get/"), 404, "nothing at this path");
    assertError(api.get("/error"), 404, "nothing at this path");
    assertError(api.get("/actuator/health"), 404, "nothing at this path");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /login, POST",
    "DELETE, /user/register, POST",
    "PUT, /user/get/6f9619ff-8b86-d011-b42d-00cf4fc964ff, GET",
    "POST, /user/search, GET",
    "POST, /friend/set/6f9619ff-8b86-d011-b42d-00cf4fc964ff, PUT",
    "DELETE, /friend/delete/6f9619ff-8b86-d011-b42d-00cf4fc964ff, PUT",
    "GET, /post/create, POST",
    "POST, /post/update, PUT",
    "DELETE, /post/delete/6f9619ff-8b86-d011-b42d-00cf4fc964ff, PUT",
    "PUT, /post/get/6f9619ff-8b86-d011-b42d-00cf4fc964ff, GET",
    "POST, /post/feed, GET"
  })
  void wrongMethodsAreRefusedAndTheRightOneIsNamed(String method, String path, String allowed)
      throws Exception {
    Answer answer = api.send(api.request(path).method(method, BodyPublishers.noBody()));

    assertError(answer, 405, allowed);
    assertThat(answer.header("Allow")).contains(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/login", "/user/register"})
  void bodiesMustBeJson(String path) throws Exception {
    Answer form =
        api.send(
            api.request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("id=1")));
    assertError(form, 415, "application/json");
    assertError(
        api.send(api.request(path).POST(BodyPublishers.ofString("{}"))), 415, "Content-Type");
    for (String malformed : new String[] {"{", "nonsense", "{\"id\":\"a\" \"b\"}"}) {
      assertError(api.post(path, malformed), 400, "valid JSON");
    }
    for (String other : new String[] {"[]", "\"text\"", "17", "null", "", "{}{}"}) {
      assertError(api.post(path, other), 400, "JSON object");
    }
    assertError(api.post(path, "{\"password\":\"a\",\"password\":\"b\"}"), 400, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/*",
        "*/*",
        "*",
        "multipart/*",
        "text/*;q=",
        "application/json;charset=",
        "application/json;charset=\"",
        "",
        ";",
        "a/b/c"
      })
  void aMalformedContentTypeIsNotJsonAndUnknownPathsStay404(String type) throws Exception {
    for (String method : new String[] {"GET", "POST"}) {
      var unknown = api.request("/nothing").header("Content-Type", type);
      var request = unknown.method(method, BodyPublishers.ofString("{}"));
      assertError(api.send(request), 404, "nothing at this path");
    }
    var login = api.request("/login").header("Content-Type", type);
    assertError(api.send(login.POST(BodyPublishers.ofString("{}"))), 415, "application/json");
  }

  @Test
  void formsAreNeverReadAsABody() throws Exception {
    String search = "/user/search?first_name=a&last_name=b";
    for (String type : new String[] {"multipart/form-data", "application/x-www-form-urlencoded"}) {
      var form = api.request(search).header("Content-Type", type);
      form.method("GET", BodyPublishers.ofString("first_name=%zz"));
      assertThat(api.send(form).status()).as(type).isEqualTo(200);
      var login = api.request("/login").header("Content-Type", type);
      assertError(api.send(login.POST(BodyPublishers.ofString("id=%zz"))), 415, "Content-Type");
    }
  }

  @Test
  void bodiesMustBeUtf8() throws Exception {
    byte[] latin1 = {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xe9, (byte) 0xe9, '"', '}'};
    Answer answer =
        api.send(
            api.request("/login")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(latin1)));

    assertError(answer, 400, "UTF-8");
  }

  @Test
  void answersAreJsonOnly() throws Exception {
    String path = "/user/get/" + UUID.randomUUID();

    assertError(api.send(api.request(path).header("Accept", "text/html")), 406, "Accept");
    assertError(api.send(api.request(path).header("Accept", "application/json")), 404, "id");
  }

  @Test
  void bodiesOverTheLimitAreRefusedWhetherAnnouncedOrChunked() throws Exception {
    byte[] large = ("{\"id\":\"" + "x".repeat(64 * 1024) + "\"}").getBytes();
    var announced = BodyPublishers.ofByteArray(large);
    var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));
    for (var body : new BodyPublisher[] {announced, chunked}) {
      var request = api.request("/login").header("Content-Type", "application/json").POST(body);
      assertError(api.send(request), 413, "64 KiB");
    }
    byte[] fitting = ("{\"id\":\"" + "x".repeat(64 * 1024 - 9) + "\"}").getBytes();
    assertThat(fitting).hasSize(64 * 1024);
    var request = api.request("/login").header("Content-Type", "application/json");
    assertError(api.send(request.POST(BodyPublishers.ofByteArray(fitting))), 400, "id");
  }

  @Test
  void wellFormedRequestIdsAreKeptAndOthersAreReplaced() throws Exception {
    String id = "0123456789abcdef0123456789abcdef";
    assertThat(api.send(api.request("/nothing").header("X-Request-Id", id)).header("X-Request-Id"))
        .isEqualTo(id);
    for (String other : new String[] {"short", id + "0", id.replace('a', 'A'), "\u00e9"}) {
      Answer answer = api.send(api.request("/nothing").header("X-Request-Id", other));
      assertThat(answer.header("X-Request-Id")).matches("[0-9a-f]{32}").isNotEqualTo(other);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a b|{ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /user/get/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /user/search?first_name=%zz&last_name=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /user/search?first_name=%ED%A0%80&last_name=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /login HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void requestsThatTomcatRefusesAreAnsweredInJson(String request) throws Exception {
    String answer = api.raw(request);

    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .containsPattern("X-Request-Id: [0-9a-f]{32}\r\n")
        .contains("Content-Type: application/json")
        .containsPattern("\\{\"message\":\".+\",\"request_id\":\"[0-9a-f]{32}\",\"code\":400}")
        .doesNotContain("<", "Exception");
  }

  @Test
  void headersOverTheLimitAreRefusedInJson() throws Exception {
    String answer =
        api.raw("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(20_000) + "\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 4").contains("\"request_id\":").doesNotContain("<");
  }

  @Test
  void everyRequestLeavesOneAccessLineWithoutQueryAndBody(CapturedOutput output) throws Exception {
    String id = "00000000000000000000000000abcdef";
    String body = "{\"id\":\"%s\",\"password\":\"top secret\"}".formatted(UUID.randomUUID());
    api.send(
        api.request("/login?hidden=yes")
            .header("X-Request-Id", id)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));

    List<String> lines = output.toString().lines().filter(line -> line.contains(id)).toList();
    assertThat(lines).hasSize(1);
    JsonNode line = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(line.propertyNames())
        .containsExactly(
            "access", "request_id", "method", "path", "status", "ms", "db", "tries", "calls");
    assertThat(line.get("path").asString()).isEqualTo("/login");
    assertThat(line.get("status").asInt()).isEqualTo(404);
    // One attempt on the replicas, and one on the primary.
    assertThat(line.get("tries").asInt()).isEqualTo(2);
    assertThat(line.get("db").asString()).isEqualTo("127.0.0.1");
    assertThat(output).doesNotContain("top secret", "hidden");
  }

  @Test
  void theManagementPortServesOnlyWhatIsAllowed() throws Exception {
    Http management = core.management();
    for (String open : new String[] {"health/liveness", "health/readiness", "info", "prometheus"}) {
      assertThat(management.get("/actuator/" + open).status()).as(open).isEqualTo(200);
    }
    for (String closed : new String[] {"env", "heapdump", "configprops", "shutdown", "loggers"}) {
      assertThat(management.get("/actuator/" + closed).status()).as(closed).isEqualTo(404);
    }
    assertThat(management.get("/actuator/prometheus").body())
        .contains("hikaricp_connections_active{pool=\"replicas\"}")
        .contains("holdfast_admission_free");
  }
}
