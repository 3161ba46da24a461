package holdfast.platform.db;

import org.postgresql.replication.LogSequenceNumber;

/**
 * The result of a committed write.
 *
 * @param lsn the WAL position after the commit. A server that has replayed up to this position
 *     shows the write.
 */
public record CommitResult<T>(T result, LogSequenceNumber lsn) {}
