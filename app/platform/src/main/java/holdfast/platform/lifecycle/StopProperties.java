package holdfast.platform.lifecycle;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * @param drain how long a stopping service still answers after it has become unready. Plain numbers
 *     are seconds.
 */
@Validated
@ConfigurationProperties("holdfast.stop")
record StopProperties(
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 0) Duration drain) {}
