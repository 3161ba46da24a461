package holdfast.platform.redis;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * The address of Redis. Plain numbers are milliseconds.
 *
 * @param timeout limit of one answer. It is short because the database can answer instead.
 */
@Validated
@ConfigurationProperties("holdfast.cache")
record CacheProperties(
    @NotBlank String host,
    @Positive @Max(65_535) int port,
    @NotBlank String username,
    @NotBlank String password,
    @NotNull @DurationUnit(ChronoUnit.MILLIS) @DurationMin(millis = 1) Duration timeout,
    @NotNull @DurationUnit(ChronoUnit.MILLIS) @DurationMin(millis = 1) Duration connectTimeout) {

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "CacheProperties[" + host + ":" + port + ", " + username + "]";
  }
}
