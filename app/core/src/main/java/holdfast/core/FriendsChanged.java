package holdfast.core;

import java.util.UUID;

/**
 * The friends of a user have changed. The event is published inside the service after the commit.
 * Listeners must return at once.
 */
public record FriendsChanged(UUID readerId) {}
