package holdfast.core.live;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * The address of the broker's STOMP port.
 *
 * @param heartbeat how often each side sends a heartbeat. Plain numbers are milliseconds.
 */
@Validated
@ConfigurationProperties("holdfast.broker")
record BrokerProperties(
    @NotBlank String host,
    @Min(1) @Max(65_535) int port,
    @NotBlank String virtualHost,
    @NotBlank String username,
    @NotBlank String password,
    @NotNull @DurationUnit(ChronoUnit.MILLIS) @DurationMin(millis = 10) Duration heartbeat) {

  /** Keeps the password out of every log. */
  @Override
  public String toString() {
    return "BrokerProperties[" + host + ":" + port + ", " + virtualHost + ", " + username + "]";
  }
}
