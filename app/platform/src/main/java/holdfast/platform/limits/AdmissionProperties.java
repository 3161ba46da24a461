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
 * @param inFlight limit of reads in progress, which bounds their memory
 * @param waiting limit of reads that wait for admission. Further reads are refused at once.
 * @param longestWait how long a read may wait for admission
 * @param writes limit of all other requests in progress. All of them may wait for a new primary
 *     while reads continue. Further ones are refused at once.
 */
@Validated
@ConfigurationProperties("holdfast.admission")
record AdmissionProperties(
    @Positive int inFlight,
    @PositiveOrZero int waiting,
    @NotNull @DurationUnit(ChronoUnit.SECONDS) Duration longestWait,
    @Positive int writes) {}
