package holdfast.platform;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.postgresql.PGProperty;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  /** Detects idle connections that a firewall or a silent power-off cut; HikariCP's floor. */
  private static final Duration KEEPALIVE = Duration.ofSeconds(30);

  @Bean
  Pool primary(DatabaseProperties properties, MeterRegistry metrics) {
    HikariConfig config = config(properties, metrics);
    config.setPoolName("primary");
    config.setJdbcUrl(properties.primaryUrl());
    config.setMaximumPoolSize(properties.primaryConnections());
    return new Pool(new HikariDataSource(config), properties.socketTimeout());
  }

  @Bean
  Pool replicas(DatabaseProperties properties, MeterRegistry metrics) {
    HikariConfig config = config(properties, metrics);
    config.setPoolName("replicas");
    config.setJdbcUrl(properties.replicasUrl());
    config.setMaximumPoolSize(properties.replicasConnections());
    config.setReadOnly(true);
    return new Pool(new HikariDataSource(config), properties.socketTimeout());
  }

  @Bean
  Cache cache(CacheProperties properties, Pool primary, MeterRegistry metrics) {
    return new Cache(properties, primary::written, metrics);
  }

  @Bean
  Database database(
      Pool primary,
      Pool replicas,
      DatabaseProperties properties,
      Cache cache,
      MeterRegistry metrics) {
    return new Database(
        primary,
        replicas,
        properties.deadline(),
        properties.writeDeadline(),
        new Marks(cache),
        new ReadCounts(metrics));
  }

  /** Ready means that reads are possible: without the primary too, not before the replicas. */
  @Bean
  HealthIndicator replicasHealthIndicator(Pool replicas) {
    return () -> (replicas.answers() ? Health.up() : Health.down()).build();
  }

  private static HikariConfig config(DatabaseProperties properties, MeterRegistry metrics) {
    HikariConfig config = new HikariConfig();
    config.setUsername(properties.username());
    config.setPassword(properties.password());
    config.setAutoCommit(false); // a cursor lives in a transaction only
    config.setInitializationFailTimeout(-1); // start without the database, wait for it
    config.setConnectionTimeout(properties.connectionTimeout().toMillis());
    config.setValidationTimeout(properties.validationTimeout().toMillis());
    config.setMaxLifetime(properties.maxLifetime().toMillis());
    config.setKeepaliveTime(keepalive(properties.maxLifetime()));
    config.setExceptionOverride(new EvictByRole());
    config.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(metrics));
    driver(config, properties);
    return config;
  }

  private static void driver(HikariConfig config, DatabaseProperties properties) {
    set(config, PGProperty.APPLICATION_NAME, properties.applicationName());
    set(config, PGProperty.CONNECT_TIMEOUT, properties.connectTimeout().toSeconds());
    set(config, PGProperty.SOCKET_TIMEOUT, properties.socketTimeout().toSeconds());
    set(config, PGProperty.TCP_KEEP_ALIVE, true);
    // Sent when the connection opens: no round trip of its own.
    set(
        config,
        PGProperty.OPTIONS,
        "-c statement_timeout=" + properties.statementTimeout().toMillis());
  }

  private static void set(HikariConfig config, PGProperty property, Object value) {
    config.addDataSourceProperty(property.getName(), value.toString());
  }

  /** 0, which is off, where every connection is replaced before it would be due. */
  private static long keepalive(Duration maxLifetime) {
    return KEEPALIVE.compareTo(maxLifetime) < 0 ? KEEPALIVE.toMillis() : 0;
  }
}
