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

  /** Through the balancer, which is probed more often, to PostgreSQL itself; HikariCP's floor. */
  private static final Duration ASK_WHEN_IDLE = Duration.ofSeconds(30);

  /** Longer than a VIP takes to move; not so long that a node without a way to them is kept. */
  private static final Duration READY_AFTER_THE_LAST_ANSWER = Duration.ofSeconds(5);

  /** So that a failover of half a minute is six failures to the pool, which then pauses for 1 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** For the primary's position, when a connection to a replica opens; it may be silent. */
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

  /** How far the primary's log has come by now; everything acknowledged so far is below. */
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
    config.setAutoCommit(false); // a cursor lives in a transaction only
    // Otherwise HikariCP asks the first connection for the level. If that breaks meanwhile, it sets
    // the level -1 on every later one, which fails, until the service is started again.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setInitializationFailTimeout(-1); // start without the database, wait for it
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
    // The balancer may take a connection and never say a word.
    server.setLoginTimeout(server.getConnectTimeout());
    server.setSocketTimeout(Math.toIntExact(properties.socketTimeout().toSeconds()));
    server.setTcpKeepAlive(true);
    server.setSocketFactory(ProbedSockets.class.getName());
    server.setSocketFactoryArg(Long.toString(properties.keepAlive().toSeconds()));
    // Sent when the connection opens: no round trip of its own.
    server.setOptions("-c statement_timeout=" + properties.statementTimeout().toMillis());
    return server;
  }

  /** 0, which is off, where every connection is replaced before it would be due. */
  private static long idleCheck(Duration maxLifetime) {
    return ASK_WHEN_IDLE.compareTo(maxLifetime) < 0 ? ASK_WHEN_IDLE.toMillis() : 0;
  }
}
