package holdfast.core;

import java.util.UUID;

/**
 * A post was committed. The event is published inside the service. Listeners must return at once.
 *
 * @param lsn a server that has replayed the log up to here shows the post
 */
public record PostWritten(UUID postId, String lsn) {}
