package holdfast.loadtest.fault;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What was seen.
 *
 * @param text for people
 * @param atMs when the machine itself did it, in milliseconds since 1970; null if only we know
 * @param state what is needed later to see whether the fault lasts; null if nothing is
 */
public record Proof(String text, @Nullable Long atMs, @Nullable JsonNode state) {

  static Proof of(String text) {
    return new Proof(text, null, null);
  }
}
