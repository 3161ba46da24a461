package holdfast.core.dialog;

import holdfast.platform.errors.Unavailable;
import holdfast.platform.limits.Bulkhead;
import holdfast.platform.request.RequestTrace;
import holdfast.platform.retry.Backoff;
import holdfast.platform.retry.Deadline;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Calls the chat service, whose nodes share one address. A failed call is retried until the
 * deadline, and may then reach another node. Retries are safe, because every request is repeatable.
 *
 * <p>The retries don't use {@code RetryLoop}: each attempt has its own time limit here, and a
 * failed attempt replaces the connections.
 */
@Component
final class ChatService implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ChatService.class);

  /** Twice the size of chat's largest page. A longer answer doesn't come from chat. */
  private static final int MOST_BYTES = 2 * 1024 * 1024;

  /**
   * The number of refusals after which a write isn't retried. A chat node waits for a new primary
   * before it refuses a write, so another attempt would have no better chance.
   */
  private static final int MOST_REFUSALS = 3;

  private final ChatProperties properties;
  private final MeterRegistry metrics;
  private final Bulkhead calls;
  private final ChatConnections connections;

  ChatService(ChatProperties properties, MeterRegistry metrics) {
    this.properties = properties;
    this.metrics = metrics;
    this.calls =
        new Bulkhead(
            "chat", properties.calls(), properties.waiting(), properties.longestWait(), metrics);
    this.connections = new ChatConnections(properties.longestTry());
  }

  ChatAnswer call(ChatRequest request) throws InterruptedException {
    RequestTrace trace = RequestTrace.current();
    HttpRequest http = request.to(properties.service(), trace);
    if (request.writes()) {
      return write(http, trace);
    }
    calls.enter();
    try {
      return untilDeadline(
          http, trace, properties.deadline(), new AttemptOutcomes(Integer.MAX_VALUE));
    } finally {
      calls.leave();
    }
  }

  private ChatAnswer write(HttpRequest request, RequestTrace trace) throws InterruptedException {
    AttemptOutcomes refusals = new AttemptOutcomes(MOST_REFUSALS);
    try {
      return untilDeadline(request, trace, properties.writeDeadline(), refusals);
    } catch (Unavailable e) {
      throw refusals.onlyRefusals() ? e : Unavailable.unknown(e);
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  private ChatAnswer untilDeadline(
      HttpRequest request, RequestTrace trace, Duration most, AttemptOutcomes refusals)
      throws InterruptedException {
    Deadline deadline = trace.deadline(most);
    Backoff backoff = new Backoff(deadline, "the chat service");
    Duration limit = properties.longestTry();
    while (true) {
      HttpClient client = connections.current();
      long start = System.nanoTime();
      trace.calls();
      try {
        HttpResponse<byte[]> response = exchange(client, request, shorter(limit, deadline.left()));
        ChatAnswer answer = ChatAnswer.of(response, trace);
        count("answered", start);
        return answer;
      } catch (FailedAttempt e) {
        count(e.kind(), start);
        log.warn("chat: an attempt failed: {}", e.getMessage());
        refusals.count(e);
        connections.replace(client);
        // A failed node answers on none of its connections, so the next attempt needs a new
        // connection. A node that is only slow needs more time. Without more time, the node would
        // begin the same work again and again.
        limit = e.silent() ? limit.multipliedBy(2) : limit;
        backoff.pauseAfter(e);
      }
    }
  }

  private static HttpResponse<byte[]> exchange(
      HttpClient client, HttpRequest request, Duration limit)
      throws FailedAttempt, InterruptedException {
    // The timeout of HttpRequest covers only the wait for the headers. It would not notice a body
    // that hangs.
    CompletableFuture<HttpResponse<byte[]>> response =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return response.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new FailedAttempt(
          FailedAttempt.SILENT, "no answer within %d ms".formatted(limit.toMillis()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException broken) {
        throw new FailedAttempt("broken", broken.toString());
      }
      throw new IllegalStateException("the chat service can't be called", e);
    } finally {
      // Cancelling closes the connection of an attempt that timed out.
      response.cancel(true);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void count(String outcome, long startNanos) {
    metrics
        .timer("holdfast.chat.tries", "outcome", outcome)
        .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
  }
}
