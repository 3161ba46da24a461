package holdfast.core;

import java.util.UUID;

/**
 * A post was committed. Published inside the service: whoever listens must return at once.
 *
 * @param lsn a server that has replayed the log up to here shows the post
 */
public record PostWritten(UUID postId, String lsn) {}
