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
 * Where the database is and how long each step towards it may take; plain numbers are seconds.
 *
 * @param applicationName what the server calls the sessions in its lists
 * @param deadline all tries of one read together
 * @param writeDeadline all tries of one write together: as long as a new primary may take to come
 * @param maxLifetime how soon a returned replica gets its share of the connections
 * @param connectTimeout one attempt to connect, with the login
 * @param socketTimeout breaks off an answer that hangs; shorter than the deadline, else there is no
 *     time left for another try
 * @param keepAlive so often a silent VIP is probed, also while an answer is awaited
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
    // HikariCP's floor: below it, it silently takes half an hour instead.
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
