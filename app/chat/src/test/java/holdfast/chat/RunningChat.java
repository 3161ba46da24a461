package holdfast.chat;

import holdfast.platform.fixture.Answer;
import holdfast.platform.fixture.Http;
import holdfast.platform.fixture.Postgres;
import holdfast.platform.fixture.RunningService;
import holdfast.platform.fixture.TestTokens;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** Runs the chat service as in production, but in the test's process, and sends requests to it. */
final class RunningChat implements AutoCloseable {

  private final RunningService service;
  private final Http api;

  private RunningChat(RunningService service) {
    this.service = service;
    this.api = service.api();
  }

  /** Starts with further settings, each {@code name=value}. */
  static RunningChat start(String primaryUrl, String replicasUrl, String... settings) {
    Map<String, String> environment = RunningService.environment(primaryUrl, replicasUrl);
    environment.put("DB_USERNAME", "chat");
    environment.put("DB_PASSWORD", "chat-pass");
    return new RunningChat(RunningService.start(ChatApplication.class, environment, settings));
  }

  /** Starts with one database server as both primary and replica. */
  static RunningChat startOn(Postgres postgres, String... settings) {
    return start(postgres.url(), postgres.url(), settings);
  }

  Http api() {
    return api;
  }

  Http management() {
    return service.management();
  }

  Answer send(UUID from, UUID to, String text) throws Exception {
    return api.send(sending(from, to, text));
  }

  HttpRequest.Builder sending(UUID from, UUID to, String text) {
    String body = JsonMapper.shared().writeValueAsString(Map.of("text", text));
    return sending(TestTokens.of(from), to.toString(), body);
  }

  HttpRequest.Builder sending(String token, String to, String body) {
    return api.request("/dialog/" + to + "/send")
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  /** Requests the dialog. The query begins with "?" or is empty. */
  Answer list(UUID caller, UUID other, String query) throws Exception {
    return api.send(
        api.request("/dialog/" + other + "/list" + query)
            .header("Authorization", "Bearer " + TestTokens.of(caller)));
  }

  @Override
  public void close() {
    service.close();
  }
}
