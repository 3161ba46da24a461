package holdfast.platform.auth;

import java.time.Instant;
import java.util.UUID;

/** The user that a valid token names, and the token's expiry. */
public record TokenOwner(UUID userId, Instant until) {}
