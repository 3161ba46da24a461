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
 * One connection to Redis, shared by all requests. The first answer that is late or nonsense ends
 * the trust in it, and no request asks again until {@link RedisSupervisor} has had a good one: a
 * slow Redis costs a timeout now and then, not one a request.
 */
final class GuardedRedisConnection {

  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final LogSequenceNumber floor;
  private final Duration timeout;
  private final Consumer<Throwable> refusals;
  private volatile boolean trusted = true;
  private volatile long lastAnswer = System.nanoTime();

  /**
   * @param refusals is told of them
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
   * How far the primary's log had come when the connection was made: what was written before may
   * have left its mark on another Redis.
   */
  LogSequenceNumber floor() {
    return floor;
  }

  boolean usable() {
    return trusted && connection.isOpen();
  }

  /** The answer; empty if there is none, in time, or if it is a refusal. */
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
        // An error in Redis's own words, such as for want of memory, is an answer in time.
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

  /** Asks for a sign of life, which gives the trust back. */
  boolean answers() {
    boolean good = ask(RedisAsyncCommands::ping).filter("PONG"::equals).isPresent();
    if (good) {
      lastAnswer = System.nanoTime();
      trusted = true;
    }
    return good;
  }

  /** True if it only was silent, and not for longer than this. */
  boolean mayRecover(Duration longestSilence) {
    return connection.isOpen() && System.nanoTime() - lastAnswer < longestSilence.toNanos();
  }

  /** The answer was not what such a command has. */
  void distrust() {
    trusted = false;
  }

  void close() {
    connection.closeAsync();
  }
}
