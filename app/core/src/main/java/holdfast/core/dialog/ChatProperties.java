package holdfast.core.dialog;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * Where the chat service is and how long it may take; plain numbers are seconds.
 *
 * @param longestTry the first try, if nothing comes back; each further one may take twice as long
 * @param deadline all tries of one call together
 * @param writeDeadline the same of one that writes
 * @param calls reads under way at once: fewer than core's own requests, so that a slow chat service
 *     leaves the others room; writes are bounded by core's own bound
 * @param waiting calls that may wait for their turn: more are refused at once
 * @param longestWait how long one of them may
 */
@Validated
@ConfigurationProperties("holdfast.chat")
record ChatProperties(
    @NotNull @Pattern(regexp = "[^\\s/@?#]+:\\d{1,5}", message = "must look like HOST:PORT")
        String service,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 1) Duration longestTry,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 1) Duration deadline,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 1) Duration writeDeadline,
    @Positive int calls,
    @PositiveOrZero int waiting,
    @NotNull Duration longestWait) {}
