package holdfast.loadtest.fault;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What shows that a fault was injected, lasts or is healed.
 *
 * @param text for people
 * @param atMs when the fault began or was healed, in milliseconds since 1970; null for the time of
 *     the caller's own clock
 * @param state what is needed later to check that the fault lasts; null if nothing is needed
 */
public record Proof(String text, @Nullable Long atMs, @Nullable JsonNode state) {

  static Proof of(String text) {
    return new Proof(text, null, null);
  }
}
