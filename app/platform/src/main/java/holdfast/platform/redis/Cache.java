package holdfast.platform.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * A cache in Redis, for data that may be lost. No method throws or takes longer than one short
 * timeout. If Redis is down, slow or full, or if its answer is malformed, there is no result.
 */
@Component
public final class Cache implements SmartLifecycle, AutoCloseable {

  private final RedisSupervisor redis;

  Cache(CacheProperties properties, Supplier<LogSequenceNumber> floor, MeterRegistry metrics) {
    this.redis = new RedisSupervisor(properties, floor);
    Gauge.builder("holdfast.cache.up", redis, k -> k.connection().isPresent() ? 1 : 0)
        .description("1 if Redis answers in time")
        .register(metrics);
  }

  /**
   * Reads the values of these keys. A value is null if its key doesn't exist. The result is empty
   * if Redis gives no answer.
   */
  public Optional<Found> get(List<String> keys) {
    byte[][] encoded = keys.stream().map(Cache::bytes).toArray(byte[][]::new);
    return redis
        .connection()
        .flatMap(connection ->
            connection
                .ask(commands -> commands.mget(encoded))
                .map(values -> values.stream().map(value -> value.getValueOrElse(null)).toList())
                .filter(values -> complete(values, keys.size(), connection))
                .map(values -> new Found(connection.floor(), values)));
  }

  /**
   * Reads a mark, a value, and the users who wrote after the value, all at one moment. The value
   * must begin with its WAL position, as a big-endian long. The result is empty if Redis gives no
   * answer.
   */
  public Optional<Kept> kept(String mark, String key) {
    return redis
        .connection()
        .flatMap(connection ->
            connection
                .ask(commands -> CacheScripts.kept(commands, mark, key))
                .flatMap(answer -> kept(connection, answer)));
  }

  /** Stores a value for at most this time. Returns false if the value may not have been stored. */
  public boolean put(String key, byte[] value, Duration lifetime) {
    SetArgs arguments = SetArgs.Builder.px(lifetime);
    return asks(commands -> commands.set(bytes(key), value, arguments));
  }

  /** Deletes a value, even if Redis is full. Returns false if the value may still be there. */
  public boolean remove(String key) {
    return asks(commands -> commands.del(bytes(key)));
  }

  /**
   * Stores the WAL position under each key that has no higher one. Returns false if that failed.
   */
  boolean raise(List<String> keys, LogSequenceNumber lsn, Duration lifetime) {
    return asks(commands -> CacheScripts.raise(commands, keys, lsn, lifetime));
  }

  @Override
  public void start() {
    redis.start();
  }

  @Override
  public void stop() {
    redis.close();
  }

  @Override
  public void close() {
    redis.close();
  }

  @Override
  public boolean isRunning() {
    return redis.isRunning();
  }

  /** Starts before the first request, and stops after the last one. */
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }

  private <T> boolean asks(Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
    return redis.connection().flatMap(connection -> connection.ask(command)).isPresent();
  }

  private static Optional<Kept> kept(
      GuardedRedisConnection connection, List<@Nullable Object> answer) {
    Optional<Kept> kept = CacheScripts.decode(answer, connection.floor());
    if (kept.isEmpty()) {
      connection.distrust();
    }
    return kept;
  }

  private static boolean complete(List<?> values, int size, GuardedRedisConnection connection) {
    if (values.size() != size) {
      connection.distrust();
    }
    return values.size() == size;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The values of some keys.
   *
   * @param floor writes before this WAL position may have no mark in this Redis
   */
  public record Found(LogSequenceNumber floor, List<byte @Nullable []> values) {}

  /**
   * A value that begins with a WAL position.
   *
   * @param mark the mark that was asked for
   * @param writers the users who wrote after that position. The {@code Optional} is empty if they
   *     are too many.
   */
  public record Kept(Found mark, byte @Nullable [] value, Optional<Set<UUID>> writers) {}
}
