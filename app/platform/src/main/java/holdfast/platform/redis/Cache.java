package holdfast.platform.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import holdfast.platform.validation.Ids;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Redis, for data that may be lost. No method throws or takes longer than one short timeout. If
 * Redis is down, slow, full or answers nonsense, there is no result.
 */
@Component
public final class Cache implements SmartLifecycle, AutoCloseable {

  /** The users that wrote last, ordered by the log position of their writes. */
  private static final String WRITERS = "writers";

  /** Above this number, the list is as expensive to read as the marks themselves. */
  private static final int MOST_WRITERS = 500;

  /** Raises a mark. If two writers do so at once, the higher position must win in either order. */
  private static final String RAISE =
      """
      for _, key in ipairs(KEYS) do
        local last = redis.call('GET', key)
        if not last or last < ARGV[1] then
          redis.call('SET', key, ARGV[1], 'EX', ARGV[2])
        else
          redis.call('EXPIRE', key, ARGV[2])
        end
        local user = string.match(key, '^user:(.+)')
        if user then
          redis.call('ZADD', ARGV[3], 'GT', tonumber(ARGV[1], 16), user)
          redis.call('ZREMRANGEBYRANK', ARGV[3], 0, -ARGV[4])
          redis.call('EXPIRE', ARGV[3], ARGV[2])
        end
      end
      return 1
      """;

  private static final String KEPT =
      """
      local found = redis.call('MGET', KEYS[1], KEYS[2])
      local writers = {}
      if found[2] and #found[2] >= 8 then
        local later = string.format('(%.0f', struct.unpack('>I8', found[2]))
        writers = redis.call('ZRANGEBYSCORE', KEYS[3], later, '+inf', 'LIMIT', 0, ARGV[1])
        if #writers == tonumber(ARGV[1]) then
          writers = false
        end
      end
      return {found[1], found[2], writers}
      """;

  private final RedisSupervisor redis;

  Cache(CacheProperties properties, Supplier<LogSequenceNumber> floor, MeterRegistry metrics) {
    this.redis = new RedisSupervisor(properties, floor);
    Gauge.builder("holdfast.cache.up", redis, k -> k.connection().isPresent() ? 1 : 0)
        .description("1 if Redis answers in time")
        .register(metrics);
  }

  /**
   * The values of these keys, null for a key that doesn't exist; empty if Redis gives no answer.
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
   * Reads a value that begins with a log position, as a big-endian long, together with a mark and
   * the users that wrote after that position. All are read at one moment. The result is empty if
   * Redis gives no answer.
   */
  public Optional<Kept> kept(String mark, String key) {
    byte[][] keys = {bytes(mark), bytes(key), bytes(WRITERS)};
    byte[] most = bytes(Integer.toString(MOST_WRITERS + 1));
    return redis
        .connection()
        .flatMap(connection ->
            connection
                .<List<@Nullable Object>>ask(
                    commands -> commands.eval(KEPT, ScriptOutputType.MULTI, keys, most))
                .flatMap(answer -> kept(connection, answer)));
  }

  /** Stores a value for at most this time. Returns false if it may not be stored. */
  public boolean put(String key, byte[] value, Duration lifetime) {
    SetArgs arguments = SetArgs.Builder.px(lifetime);
    return asks(commands -> commands.set(bytes(key), value, arguments));
  }

  /** Deletes a value, which also works if Redis is full. Returns false if it may still be there. */
  public boolean remove(String key) {
    return asks(commands -> commands.del(bytes(key)));
  }

  /**
   * Stores the position under each of the keys unless a higher one is there. Returns false if that
   * failed.
   */
  boolean raise(List<String> keys, LogSequenceNumber lsn, Duration lifetime) {
    byte[][] encoded = keys.stream().map(Cache::bytes).toArray(byte[][]::new);
    byte[][] arguments = {
      bytes(WriteMarks.written(lsn)),
      bytes(Long.toString(lifetime.toSeconds())),
      bytes(WRITERS),
      // The script keeps one user more than MOST_WRITERS. If all of them wrote later, others may
      // have been dropped.
      bytes(Integer.toString(MOST_WRITERS + 2)),
    };
    return asks(commands -> commands.eval(RAISE, ScriptOutputType.INTEGER, encoded, arguments));
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
    boolean whole =
        answer.size() == 3
            && answer.subList(0, 2).stream().allMatch(Cache::isValue)
            && (answer.get(2) == null
                || answer.get(2) instanceof List<?> users
                    && users.stream().allMatch(byte[].class::isInstance));
    if (!whole) {
      connection.distrust();
      return Optional.empty();
    }
    Found mark = new Found(connection.floor(), Collections.singletonList((byte[]) answer.get(0)));
    Optional<Set<UUID>> writers = Optional.ofNullable((List<?>) answer.get(2)).map(Cache::users);
    return Optional.of(new Kept(mark, (byte[]) answer.get(1), writers));
  }

  private static boolean isValue(@Nullable Object value) {
    return value == null || value instanceof byte[];
  }

  private static Set<UUID> users(List<?> ids) {
    return ids.stream()
        .flatMap(id -> Ids.parse(new String((byte[]) id, ISO_8859_1)).stream())
        .collect(Collectors.toSet());
  }

  private static boolean complete(List<?> values, int size, GuardedRedisConnection connection) {
    if (values.size() != size) {
      connection.distrust();
    }
    return values.size() == size;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * An answer of Redis.
   *
   * @param floor writes before this position may have no mark here
   */
  public record Found(LogSequenceNumber floor, List<byte @Nullable []> values) {}

  /**
   * An answer for a value that begins with a log position.
   *
   * @param mark the mark that was asked for
   * @param writers users that wrote after that position; empty if they are too many
   */
  public record Kept(Found mark, byte @Nullable [] value, Optional<Set<UUID>> writers) {}
}
