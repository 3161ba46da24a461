package holdfast.core.user;

import org.jspecify.annotations.Nullable;

/**
 * The data that a login is checked against.
 *
 * @param passwordHash the hash. It is null for a user who can't log in.
 */
record Account(@Nullable String passwordHash) {}
