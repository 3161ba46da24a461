package holdfast.platform.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import holdfast.platform.postgres.ProbedSockets;
import holdfast.platform.postgres.RetryingDataSource;
import holdfast.platform.postgres.RoleChangeEvictionPolicy;
import holdfast.platform.redis.WriteMarks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  /**
   * The interval at which idle connections are tested, so that neither the balancer nor PostgreSQL
   * ends them. HikariCP allows no shorter interval. TCP keep-alive probes the balancer more often.
   */
  private static final Duration ASK_WHEN_IDLE = Duration.ofSeconds(30);

  /**
   * How long the last answer of a replica keeps the node ready. A move of the VIP takes less time,
   * so the node stays ready. A node that can't reach the replicas for longer must not get requests.
   */
  private static final Duration READY_AFTER_THE_LAST_ANSWER = Duration.ofSeconds(5);

  /**
   * How long the data source retries before the pool sees a failure. In a failover of 30 s the pool
   * sees six failures. HikariCP's pause between its attempts begins at 10 ms and doubles after each
   * failure, so it is at most 1 s by then.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * How long a new connection to a replica waits for the primary's WAL position. The primary may be
   * silent.
   */
  private static final Duration POSITION_WITHIN = Duration.ofMillis(250);

  @Bean
  Pool primary(DatabaseProperties properties, MeterRegistry metrics) {
    HikariConfig config = config(properties, server(properties, properties.primaryUrl()), metrics);
    config.setPoolName("primary");
    config.setMaximumPoolSize(properties.primaryConnections());
    return new Pool(new HikariDataSource(config), properties.socketTimeout());
  }

  @Bean
  Pool replicas(DatabaseProperties properties, Pool primary, MeterRegistry metrics) {
    DataSource replicas =
        new CheckedReplicaDataSource(
            server(properties, properties.replicasUrl()),
            () -> primary.writtenWithin(POSITION_WITHIN));
    HikariConfig config = config(properties, replicas, metrics);
    config.setPoolName("replicas");
    config.setMaximumPoolSize(properties.replicasConnections());
    config.setReadOnly(true);
    return new Pool(new HikariDataSource(config), properties.socketTimeout());
  }

  /** The primary's current WAL position. All acknowledged writes are below it. */
  @Bean
  Supplier<LogSequenceNumber> primaryPosition(Pool primary) {
    return primary::written;
  }

  @Bean
  Database database(
      Pool primary,
      Pool replicas,
      DatabaseProperties properties,
      WriteMarks marks,
      MeterRegistry metrics) {
    return new Database(
        primary,
        replicas,
        properties.deadline(),
        properties.writeDeadline(),
        marks,
        new ReadCounts(metrics));
  }

  @Bean
  HealthIndicator replicasHealthIndicator(Pool replicas) {
    return new ReplicaReadHealth(replicas::answers, READY_AFTER_THE_LAST_ANSWER);
  }

  static HikariConfig config(
      DatabaseProperties properties, DataSource server, MeterRegistry metrics) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(new RetryingDataSource(server, PATIENCE));
    config.setAutoCommit(false); // Cursors exist only inside a transaction.
    // Without this setting, HikariCP reads the isolation level from the first connection. If that
    // connection breaks, HikariCP sets the level -1 on every later connection. That fails until the
    // service is restarted.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setInitializationFailTimeout(-1); // Start without the database and wait for it.
    config.setConnectionTimeout(properties.connectionTimeout().toMillis());
    config.setValidationTimeout(properties.validationTimeout().toMillis());
    config.setMaxLifetime(properties.maxLifetime().toMillis());
    config.setKeepaliveTime(idleCheck(properties.maxLifetime()));
    config.setExceptionOverride(new RoleChangeEvictionPolicy());
    config.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(metrics));
    return config;
  }

  static PGSimpleDataSource server(DatabaseProperties properties, String url) {
    PGSimpleDataSource server = new PGSimpleDataSource();
    server.setURL(url);
    server.setUser(properties.username());
    server.setPassword(properties.password());
    server.setApplicationName(properties.applicationName());
    server.setConnectTimeout(Math.toIntExact(properties.connectTimeout().toSeconds()));
    // The balancer may accept a connection and then stay silent.
    server.setLoginTimeout(server.getConnectTimeout());
    server.setSocketTimeout(Math.toIntExact(properties.socketTimeout().toSeconds()));
    server.setTcpKeepAlive(true);
    server.setSocketFactory(ProbedSockets.class.getName());
    server.setSocketFactoryArg(Long.toString(properties.keepAlive().toSeconds()));
    // This option is sent while the connection opens, so it costs no round trip.
    server.setOptions("-c statement_timeout=" + properties.statementTimeout().toMillis());
    return server;
  }

  /** Returns 0 (no tests) if every connection is replaced before its first test is due. */
  private static long idleCheck(Duration maxLifetime) {
    return ASK_WHEN_IDLE.compareTo(maxLifetime) < 0 ? ASK_WHEN_IDLE.toMillis() : 0;
  }
}
