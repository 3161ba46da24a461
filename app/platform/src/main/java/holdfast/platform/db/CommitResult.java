package holdfast.platform.db;

import org.postgresql.replication.LogSequenceNumber;

/**
 * The result of a committed write.
 *
 * @param lsn a server that has replayed the log up to here shows the write
 */
public record CommitResult<T>(T result, LogSequenceNumber lsn) {}
