package holdfast.platform.limits;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.validation.annotation.Validated;

/**
 * @param inFlight requests served at once: what they hold in memory is bounded by it
 * @param waiting requests that may wait for their turn: more are refused at once
 * @param longestWait how long one of them may
 * @param writes requests other than reads at once, apart from the former: they may all be waiting
 *     for a new primary, and reads go on meanwhile; more are refused at once
 */
@Validated
@ConfigurationProperties("holdfast.admission")
record AdmissionProperties(
    @Positive int inFlight,
    @PositiveOrZero int waiting,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) Duration longestWait,
    @Positive int writes) {}
