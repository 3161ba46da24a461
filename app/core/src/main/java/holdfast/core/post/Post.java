package holdfast.core.post;

import java.util.UUID;

/** A post as every user may see it. */
record Post(UUID id, String text, UUID authorUserId) {}
