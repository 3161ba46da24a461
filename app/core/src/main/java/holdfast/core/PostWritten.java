package holdfast.core;

import java.util.UUID;

/**
 * A post was committed. The event is published only inside this process. Listeners must return at
 * once.
 *
 * @param lsn the WAL position after the commit. A server that has replayed up to this position
 *     shows the post.
 */
public record PostWritten(UUID postId, String lsn) {}
