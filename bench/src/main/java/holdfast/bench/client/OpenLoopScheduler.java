package holdfast.bench.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** Starts work at a fixed rate, whether or not earlier work has ended (an open loop). */
public final class OpenLoopScheduler {

  /**
   * Work that is due at a time of {@link System#nanoTime()}. Latency must be measured from there.
   */
  public interface Work {
    void run(int index, long dueNanos);
  }

  private OpenLoopScheduler() {}

  /** Returns when all work has ended. */
  public static void keep(double perSecond, int count, Work work) {
    long start = System.nanoTime();
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      for (int i = 0; i < count; i++) {
        int index = i;
        long due = start + (long) (i * 1e9 / perSecond);
        for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
          LockSupport.parkNanos(due - now);
        }
        pool.execute(() -> work.run(index, due));
      }
    }
  }
}
