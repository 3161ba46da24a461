package holdfast.core.post;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param lifetime how long a feed may be cached. An entry that is stale because the cache lost an
 *     invalidation is replaced after this time.
 */
@Validated
@ConfigurationProperties("holdfast.feed")
record FeedProperties(@NotNull @DurationMin(millis = 1) Duration lifetime) {}
