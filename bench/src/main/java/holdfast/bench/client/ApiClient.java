package holdfast.bench.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A client of the service's HTTP interface. */
public final class ApiClient {

  /** An answer of the service. If there was none, the status is 0 and the body is the error. */
  public record Answer(int status, String body, String requestId) {
    /** Whether two answers have the same status and body. Their request ids may differ. */
    public boolean says(Answer other) {
      return status == other.status && body.equals(other.body);
    }

    public boolean good() {
      return status == 200;
    }

    public Answer expectGood() throws IOException {
      if (!good()) {
        throw new IOException("the service answered " + status + ": " + body);
      }
      return this;
    }

    /** Whether the service had no room for the request. */
    public boolean refused() {
      return status == 503;
    }

    /** The id of a created post. */
    public String id() {
      return body.replaceAll("[\"\\s]", "");
    }

    /** The id of a registered user. */
    public String userId() throws IOException {
      return field(this, "user_id");
    }
  }

  /** A user who has signed in. */
  public record Person(String id, String token) {}

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration DEADLINE = Duration.ofSeconds(35);
  private static final String ID = "X-Request-Id";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  private final URI base;

  public ApiClient(URI base) {
    this.base = base;
  }

  /** The address of the live feed. */
  public URI live() {
    return URI.create("ws://" + base.getAuthority() + "/post/feed/posted");
  }

  /** Does the same as {@link #get(String, Person)} without a token. */
  public Answer get(String path) {
    return ask(path, null, null);
  }

  /** Like {@link #get(String)}, but nginx gives no kept answer, so a core node answers. */
  public Answer getFresh(String path) {
    return ask(path, "Cache-Control", "no-store");
  }

  /**
   * Sends a GET on the caller's thread alone: another thread would add its own delay to the
   * measurement. If the server has closed the connection of an earlier request, the JDK opens a new
   * connection. The latency includes the time that this takes.
   */
  public Answer get(String path, Person person) {
    return ask(path, "Authorization", "Bearer " + person.token());
  }

  private Answer ask(String path, @Nullable String header, @Nullable String value) {
    try {
      HttpURLConnection asked = (HttpURLConnection) base.resolve(path).toURL().openConnection();
      if (header != null) {
        asked.setRequestProperty(header, value);
      }
      asked.setInstanceFollowRedirects(false);
      asked.setConnectTimeout((int) CONNECT.toMillis());
      asked.setReadTimeout((int) DEADLINE.toMillis());
      int status = asked.getResponseCode();
      try (InputStream body = status < 400 ? asked.getInputStream() : asked.getErrorStream()) {
        String text = body == null ? "" : new String(body.readAllBytes(), UTF_8);
        return new Answer(status, text, Objects.requireNonNullElse(asked.getHeaderField(ID), ""));
      }
    } catch (IOException e) {
      return new Answer(0, e.toString(), "");
    }
  }

  public Answer put(String path, Person person, String... fields) {
    return send(json(request(path, person), fields, "PUT")).join();
  }

  /** Sends a POST with an Idempotency-Key: the service stores repeated calls only once. */
  public CompletableFuture<Answer> post(String path, Person person, String key, String... fields) {
    return send(json(request(path, person).header("Idempotency-Key", key), fields, "POST"));
  }

  /** Registers a user and signs in. The same name gives the same user. */
  public Person person(String name) throws IOException {
    NewUser user = new NewUser("Bench", name, "Bench");
    String id = register(user, name.replace(' ', '-')).userId();
    String[] credentials = {"id", id, "password", user.password()};
    Answer login = send(json(request("/login", null), credentials, "POST")).join();
    return new Person(id, field(login, "token"));
  }

  /** Registers a user. The same key gives the same user. */
  public Answer register(NewUser user, String key) {
    HttpRequest.Builder request = request("/user/register", null).header("Idempotency-Key", key);
    return send(json(request, user.fields(), "POST")).join();
  }

  private static String field(Answer answer, String name) throws IOException {
    return JSON.readTree(answer.expectGood().body()).required(name).asString();
  }

  private HttpRequest.Builder request(String path, @Nullable Person person) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(DEADLINE);
    return person == null ? request : request.header("Authorization", "Bearer " + person.token());
  }

  private static HttpRequest.Builder json(
      HttpRequest.Builder request, String[] namesAndValues, String method) {
    ObjectNode body = JSON.createObjectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      body.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return namesAndValues.length == 0
        ? request.method(method, BodyPublishers.noBody())
        : request
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body.toString()));
  }

  private static CompletableFuture<Answer> send(HttpRequest.Builder request) {
    return HTTP.sendAsync(request.build(), BodyHandlers.ofString())
        .thenApply(
            (HttpResponse<String> it) -> new Answer(it.statusCode(), it.body(), requestId(it)))
        .exceptionally(e -> new Answer(0, String.valueOf(cause(e)), ""));
  }

  private static String requestId(HttpResponse<String> answer) {
    return answer.headers().firstValue(ID).orElse("");
  }

  private static Throwable cause(Throwable e) {
    return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
  }
}
