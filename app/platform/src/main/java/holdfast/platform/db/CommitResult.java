package holdfast.platform.db;

import org.postgresql.replication.LogSequenceNumber;

/**
 * What a write came to.
 *
 * @param lsn a server that has replayed the log up to here shows it
 */
public record CommitResult<T>(T result, LogSequenceNumber lsn) {}
