package holdfast.platform.auth;

import java.time.Instant;
import java.util.UUID;

/** Whom a good token names, and until when it is one. */
public record TokenOwner(UUID userId, Instant until) {}
