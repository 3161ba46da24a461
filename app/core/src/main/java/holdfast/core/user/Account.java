package holdfast.core.user;

import org.jspecify.annotations.Nullable;

/**
 * What a sign-in is checked against.
 *
 * @param passwordHash null for a user who can't sign in
 */
record Account(@Nullable String passwordHash) {}
