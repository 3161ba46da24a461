package holdfast.platform.auth;

import java.util.UUID;

/**
 * Whether the user of a good token is there, or was some seconds ago; a service without users has
 * none of this.
 */
@FunctionalInterface
public interface KnownUsers {

  boolean has(UUID userId);
}
