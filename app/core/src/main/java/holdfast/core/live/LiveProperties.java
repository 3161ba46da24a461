package holdfast.core.live;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * @param port where subscribers connect
 * @param poll interval of reads when no wake-up comes. Plain numbers are milliseconds.
 * @param ping interval of pings, each of which a subscriber must answer. Plain numbers are seconds.
 * @param subscribers limit of connections on this node, because each takes memory
 * @param subscribersPerUser limit of connections of one user on this node
 * @param sendTimeout time limit for sending one message, or one batch of missed posts. Plain
 *     numbers are seconds.
 */
@Validated
@ConfigurationProperties("holdfast.live")
record LiveProperties(
    @PositiveOrZero int port,
    @NotNull @DurationUnit(ChronoUnit.MILLIS) @DurationMin(millis = 1) Duration poll,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 1) Duration ping,
    @Positive int subscribers,
    @Positive int subscribersPerUser,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) @DurationMin(millis = 1) Duration sendTimeout) {}
