package holdfast.loadtest.machine;

import holdfast.loadtest.machine.SshMachines.ServiceAccess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** HTTP requests, each with a limit of time and of size for the whole answer. */
final class HttpRequests {

  private static final HttpResponse.BodyHandler<String> AT_MOST_4_MIB =
      HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), 4 << 20);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /**
   * @param post the JSON to send with POST; null for a GET
   * @throws IOException if the whole answer doesn't arrive in time, or is too large
   */
  Machines.Output send(URI uri, ServiceAccess service, @Nullable String post, Duration patience)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (service.user() != null) {
      String login = service.user() + ":" + service.password();
      byte[] bytes = login.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    if (post != null) {
      request.header("Content-Type", "application/json");
      request.POST(HttpRequest.BodyPublishers.ofString(post));
    }
    try {
      HttpResponse<String> answer = answer(request.build(), patience);
      return new Machines.Output(answer.statusCode(), answer.body(), "");
    } catch (ExecutionException e) {
      Throwable why = e.getCause();
      throw new IOException(
          uri + ": " + Objects.requireNonNullElse(why.getMessage(), why.toString()), why);
    } catch (TimeoutException e) {
      throw new IOException("%s: no answer within %d s".formatted(uri, patience.toSeconds()));
    }
  }

  /**
   * Waits for the whole answer. {@code HttpRequest.timeout} covers only the time until the headers
   * arrive, and a machine may die after it has sent them.
   */
  private HttpResponse<String> answer(HttpRequest request, Duration patience)
      throws InterruptedException, ExecutionException, TimeoutException {
    Future<HttpResponse<String>> answer = client.sendAsync(request, AT_MOST_4_MIB);
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      answer.cancel(true);
    }
  }
}
