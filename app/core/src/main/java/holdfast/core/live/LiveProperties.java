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
 * @param poll how often new posts are looked for although nobody told of any; plain numbers are
 *     milliseconds
 * @param ping how often a subscriber must show that it is there; plain numbers are seconds
 * @param subscribers most of them on this node: each costs memory
 * @param subscribersPerUser most of them that one user may have here
 * @param sendTimeout how long one message may take to be sent, and a page of missed ones
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
