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
 * The address of the chat service and its time limits. Plain numbers are seconds.
 *
 * @param longestTry time limit of the first attempt. It doubles after each attempt that timed out.
 * @param deadline time limit of all attempts of one call that reads
 * @param writeDeadline time limit of all attempts of one call that writes
 * @param calls limit of reads in progress. It is lower than the limit of core's own requests, so
 *     that a slow chat service leaves room for other requests. Core's limit of writes applies to
 *     calls that write.
 * @param waiting limit of calls that wait for admission. Further calls are refused at once.
 * @param longestWait how long a call may wait for admission
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
