package holdfast.platform.db;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Evicts a pool's idle connections after a server gave no answer. All connections to a silent
 * server hang. Without the eviction, each of them would cost another timeout.
 */
final class IdleEviction {

  private static final Duration AT_MOST_EVERY = Duration.ofSeconds(1);

  private final HikariDataSource connections;
  private final AtomicLong last = new AtomicLong(System.nanoTime() - AT_MOST_EVERY.toNanos());

  IdleEviction(HikariDataSource connections) {
    this.connections = connections;
  }

  /**
   * Evicts the idle connections. Does nothing if no connection is idle, because then the pool may
   * just be busy.
   */
  void evict() {
    long now = System.nanoTime();
    long before = last.get();
    HikariPoolMXBean pool = connections.getHikariPoolMXBean();
    if (now - before > AT_MOST_EVERY.toNanos()
        && pool.getIdleConnections() > 0
        && last.compareAndSet(before, now)) {
      pool.softEvictConnections();
    }
  }
}
