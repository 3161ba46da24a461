package holdfast.platform.db;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * The addresses of the database and the time limit of each step. Plain numbers are seconds.
 *
 * @param applicationName the name of the sessions in pg_stat_activity
 * @param deadline time limit of all attempts of one read
 * @param writeDeadline time limit of all attempts of one write. It is as long as a failover may
 *     take.
 * @param maxLifetime age at which connections are replaced, so that a replica that has returned
 *     gets connections
 * @param connectTimeout time limit of one attempt to connect and log in
 * @param socketTimeout time limit of waiting for an answer. It must be shorter than the deadline.
 *     Otherwise no time is left for a retry.
 * @param keepAlive interval of TCP keep-alive probes to a silent VIP, also while an answer is
 *     awaited
 */
@Validated
@ConfigurationProperties("holdfast.database")
record DatabaseProperties(
    @NotNull @Pattern(regexp = JDBC, message = JDBC_MESSAGE) String primaryUrl,
    @NotNull @Pattern(regexp = JDBC, message = JDBC_MESSAGE) String replicasUrl,
    @NotBlank String applicationName,
    @NotBlank String username,
    @NotBlank String password,
    @Positive int primaryConnections,
    @Positive int replicasConnections,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 1) Duration deadline,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 1) Duration writeDeadline,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 250)
        Duration connectionTimeout,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 250)
        Duration validationTimeout,
    // HikariCP's lower limit. HikariCP silently replaces a smaller value by 30 minutes.
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 30) Duration maxLifetime,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 1) Duration connectTimeout,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 1) Duration socketTimeout,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 1) Duration keepAlive,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 1) Duration statementTimeout) {

  private static final String JDBC = "jdbc:postgresql://.+/.+";
  private static final String JDBC_MESSAGE = "must look like jdbc:postgresql://HOST:PORT/DATABASE";

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "DatabaseProperties[" + primaryUrl + ", " + replicasUrl + ", " + username + "]";
  }
}
