package holdfast.platform.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import holdfast.platform.redis.Cache.Found;
import holdfast.platform.redis.Cache.Kept;
import holdfast.platform.validation.Ids;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/** The scripts that {@link Cache} runs in Redis. Redis runs each script as one atomic step. */
final class CacheScripts {

  /** The key of the users who wrote last, ordered by the WAL position of their writes. */
  private static final String WRITERS = "writers";

  /**
   * At most this many users are listed. A longer list would be as expensive to read as the marks of
   * all friends.
   */
  private static final int MOST_WRITERS = 500;

  /**
   * Raises marks. If two nodes raise one mark at once, the higher position must win in either
   * order.
   */
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

  private CacheScripts() {}

  static RedisFuture<Long> raise(
      RedisAsyncCommands<byte[], byte[]> commands,
      List<String> keys,
      LogSequenceNumber lsn,
      Duration lifetime) {
    byte[][] encoded = keys.stream().map(Cache::bytes).toArray(byte[][]::new);
    byte[][] arguments = {
      Cache.bytes(WriteMarks.written(lsn)),
      Cache.bytes(Long.toString(lifetime.toSeconds())),
      Cache.bytes(WRITERS),
      // The script keeps one user more than MOST_WRITERS. If all these users wrote after a value,
      // users who are no longer kept may also have written after it.
      Cache.bytes(Integer.toString(MOST_WRITERS + 2)),
    };
    return commands.eval(RAISE, ScriptOutputType.INTEGER, encoded, arguments);
  }

  static RedisFuture<List<@Nullable Object>> kept(
      RedisAsyncCommands<byte[], byte[]> commands, String mark, String key) {
    byte[][] keys = {Cache.bytes(mark), Cache.bytes(key), Cache.bytes(WRITERS)};
    byte[] most = Cache.bytes(Integer.toString(MOST_WRITERS + 1));
    return commands.eval(KEPT, ScriptOutputType.MULTI, keys, most);
  }

  /** Decodes the answer of {@link #kept}. The result is empty if the answer is malformed. */
  static Optional<Kept> decode(List<@Nullable Object> answer, LogSequenceNumber floor) {
    boolean whole =
        answer.size() == 3
            && answer.subList(0, 2).stream().allMatch(CacheScripts::isValue)
            && (answer.get(2) == null
                || answer.get(2) instanceof List<?> users
                    && users.stream().allMatch(byte[].class::isInstance));
    if (!whole) {
      return Optional.empty();
    }
    Found mark = new Found(floor, Collections.singletonList((byte[]) answer.get(0)));
    Optional<Set<UUID>> writers =
        Optional.ofNullable((List<?>) answer.get(2)).map(CacheScripts::users);
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
}
