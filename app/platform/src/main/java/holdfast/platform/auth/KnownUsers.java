package holdfast.platform.auth;

import java.util.UUID;

/**
 * Tells whether the user of a valid token exists, or existed a few seconds ago. A service without
 * users has no such bean.
 */
@FunctionalInterface
public interface KnownUsers {

  boolean has(UUID userId);
}
