package holdfast.platform.redis;

import holdfast.platform.errors.OneLine;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a connection to Redis, checks it, and replaces it when it is lost. */
final class RedisSupervisor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisSupervisor.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  /** A connection that is silent for this long is replaced, because its path may be broken. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

  private static final Duration LOG_AT_MOST_EVERY = Duration.ofMinutes(1);

  /** The limit of commands in progress. A request has at most one at a time. */
  private static final int QUEUE = 128;

  private final CacheProperties properties;
  private final Supplier<LogSequenceNumber> floor;
  private final ClientResources resources;
  private final RedisClient client;
  private final Thread thread = Thread.ofVirtual().name("redis").unstarted(this::keep);
  private volatile @Nullable GuardedRedisConnection connection;
  private volatile boolean closed;
  private volatile boolean warned;
  private long lastWarning = System.nanoTime() - LOG_AT_MOST_EVERY.toNanos();

  RedisSupervisor(CacheProperties properties, Supplier<LogSequenceNumber> floor) {
    this.properties = properties;
    this.floor = floor;
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(options(properties));
  }

  void start() {
    thread.start();
  }

  boolean isRunning() {
    return thread.isAlive();
  }

  /** The connection, if it is usable now. */
  Optional<GuardedRedisConnection> connection() {
    return Optional.ofNullable(connection).filter(GuardedRedisConnection::usable);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.interrupt();
    client.shutdown(0, 1, TimeUnit.SECONDS);
    resources.shutdown(0, 1, TimeUnit.SECONDS);
  }

  private void keep() {
    try {
      while (!closed) {
        look();
        Thread.sleep(LOOK_EVERY);
      }
    } catch (InterruptedException e) {
      log.debug("Redis is no longer checked");
    }
  }

  private void look() {
    GuardedRedisConnection current = connection;
    if (current != null && (current.answers() || current.mayRecover(LONGEST_SILENCE))) {
      return;
    }
    if (current != null) {
      connection = null;
      current.close();
      warn("Redis gave no answer");
    }
    try {
      connection = connect();
      if (warned) {
        warned = false;
        log.info("cache: connected");
      }
    } catch (RuntimeException e) {
      warn(OneLine.of(e));
    }
  }

  private GuardedRedisConnection connect() {
    RedisURI address =
        RedisURI.builder()
            .withHost(properties.host())
            .withPort(properties.port())
            .withAuthentication(properties.username(), properties.password().toCharArray())
            .withTimeout(properties.connectTimeout())
            .build();
    StatefulRedisConnection<byte[], byte[]> opened =
        client.connect(ByteArrayCodec.INSTANCE, address);
    try {
      return new GuardedRedisConnection(
          opened, floor.get(), properties.timeout(), e -> warn(OneLine.of(e)));
    } catch (RuntimeException e) {
      opened.closeAsync();
      throw e;
    }
  }

  private synchronized void warn(String problem) {
    long now = System.nanoTime();
    if (!closed && now - lastWarning >= LOG_AT_MOST_EVERY.toNanos()) {
      lastWarning = now;
      warned = true;
      log.warn("cache: {}", problem);
    }
  }

  private static ClientOptions options(CacheProperties properties) {
    return ClientOptions.builder()
        // A new connection needs a new floor, so the client must not reconnect by itself.
        .autoReconnect(false)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(QUEUE)
        .protocolVersion(ProtocolVersion.RESP2)
        .socketOptions(SocketOptions.builder().connectTimeout(properties.connectTimeout()).build())
        .build();
  }
}
