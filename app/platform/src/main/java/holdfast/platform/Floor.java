package holdfast.platform;

import org.postgresql.replication.LogSequenceNumber;

/** How far the primary's log has come by now; everything acknowledged so far is below. */
@FunctionalInterface
interface Floor {

  LogSequenceNumber now();
}
