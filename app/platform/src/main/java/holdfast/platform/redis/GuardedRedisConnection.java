package holdfast.platform.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.postgresql.replication.LogSequenceNumber;

/**
 * One connection to Redis, shared by all requests. After an answer that is late or malformed, the
 * connection isn't used until {@link RedisSupervisor} gets a good answer. So a slow Redis costs an
 * occasional timeout, and not one for each request.
 */
final class GuardedRedisConnection {

  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final LogSequenceNumber floor;
  private final Duration timeout;
  private final Consumer<Throwable> refusals;
  private volatile boolean trusted = true;
  private volatile long lastAnswer = System.nanoTime();

  /**
   * @param refusals is called with each error that Redis answers
   */
  GuardedRedisConnection(
      StatefulRedisConnection<byte[], byte[]> connection,
      LogSequenceNumber floor,
      Duration timeout,
      Consumer<Throwable> refusals) {
    this.refusals = refusals;
    this.connection = connection;
    this.floor = floor;
    this.timeout = timeout;
  }

  /**
   * The primary's WAL position when the connection was opened. The marks of earlier writes may be
   * on another Redis.
   */
  LogSequenceNumber floor() {
    return floor;
  }

  boolean usable() {
    return trusted && connection.isOpen();
  }

  /** Sends a command. The result is empty if no answer comes in time, or if Redis refuses it. */
  <T> Optional<T> ask(Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
    try {
      RedisFuture<T> answer = command.apply(connection.async());
      try {
        return Optional.ofNullable(answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
      } finally {
        answer.cancel(false);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RedisCommandExecutionException refusal) {
        // An error from Redis, such as out of memory, is still an answer in time.
        refusals.accept(refusal);
      } else {
        distrust();
      }
    } catch (TimeoutException | RedisException e) {
      distrust();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  /** Sends a ping. A good answer makes the connection usable again. */
  boolean answers() {
    boolean good = ask(RedisAsyncCommands::ping).filter("PONG"::equals).isPresent();
    if (good) {
      lastAnswer = System.nanoTime();
      trusted = true;
    }
    return good;
  }

  /** True if the connection is open and answered a ping within this time. */
  boolean mayRecover(Duration longestSilence) {
    return connection.isOpen() && System.nanoTime() - lastAnswer < longestSilence.toNanos();
  }

  /** Stops using the connection, because an answer didn't fit its command. */
  void distrust() {
    trusted = false;
  }

  void close() {
    connection.closeAsync();
  }
}
