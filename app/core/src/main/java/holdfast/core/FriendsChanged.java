package holdfast.core;

import java.util.UUID;

/**
 * A user has other friends than before. Published inside the service after the commit: whoever
 * listens must return at once.
 */
public record FriendsChanged(UUID readerId) {}
