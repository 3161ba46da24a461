package holdfast.core;

import java.util.UUID;

/**
 * The friends of a user have changed. The event is published after the commit, only inside this
 * process. Listeners must return at once.
 */
public record FriendsChanged(UUID readerId) {}
