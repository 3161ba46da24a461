package holdfast.bench.client;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts tasks at a fixed rate, whether or not earlier tasks have ended (an open loop).
 *
 * <p>At most 500 tasks run at once. Without this limit, each request to a service that hangs would
 * need another thread. At the limit, further tasks start late. Their latency includes this delay if
 * it is measured from the due time.
 */
public final class OpenLoopScheduler {

  private static final int MOST_AT_ONCE = 500;

  /** A task that is due at a time of {@link System#nanoTime()}. Its latency starts then. */
  public interface Task {
    void run(int index, long dueNanos);
  }

  private OpenLoopScheduler() {}

  /**
   * Returns when all tasks have ended.
   *
   * @throws IOException if a task threw an exception
   */
  public static void keep(double perSecond, int count, Task task)
      throws IOException, InterruptedException {
    keep(perSecond, count, MOST_AT_ONCE, task);
  }

  static void keep(double perSecond, int count, int mostAtOnce, Task task)
      throws IOException, InterruptedException {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Semaphore free = new Semaphore(mostAtOnce);
    long start = System.nanoTime();
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      for (int i = 0; i < count; i++) {
        int index = i;
        long due = start + (long) (i * 1e9 / perSecond);
        waitUntil(due);
        free.acquire();
        pool.execute(() -> {
          try {
            task.run(index, due);
          } catch (RuntimeException | Error e) {
            failures.add(e);
          } finally {
            free.release();
          }
        });
      }
    }
    if (!failures.isEmpty()) {
      throw new IOException(
          "%d of %d tasks failed, first with %s".formatted(failures.size(), count, failures.peek()),
          failures.peek());
    }
  }

  /** Waits until a time of {@link System#nanoTime()}. */
  public static void waitUntil(long due) {
    for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
      LockSupport.parkNanos(due - now);
    }
  }
}
