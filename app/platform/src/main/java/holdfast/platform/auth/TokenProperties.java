package holdfast.platform.auth;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param secret shared by the app nodes, so that each accepts the others' tokens. HS256 needs 256
 *     bits.
 */
@Validated
@ConfigurationProperties("holdfast.token")
record TokenProperties(
    @NotNull @Size(min = 32, message = "must be at least 32 characters long") String secret,
    @NotNull Duration ttl) {

  /** Keeps the secret out of every log. */
  @Override
  public String toString() {
    return "TokenProperties[" + ttl + "]";
  }
}
