package holdfast.platform.request;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param secret the secret from which the ids of new objects are made. All nodes share it, so that
 *     a request that is retried on another node creates the same id.
 */
@Validated
@ConfigurationProperties("holdfast.identity")
record IdentityProperties(
    @NotNull @Size(min = 32, message = "must be at least 32 characters long") String secret) {

  /** Keeps the secret out of every log. */
  @Override
  public String toString() {
    return "IdentityProperties[]";
  }
}
