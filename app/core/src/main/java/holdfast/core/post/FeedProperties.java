package holdfast.core.post;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param lifetime how long a feed may be kept: one that misses a change, since the cache lost word
 *     of it, heals within this
 */
@Validated
@ConfigurationProperties("holdfast.feed")
record FeedProperties(@NotNull @DurationMin(millis = 1) Duration lifetime) {}
