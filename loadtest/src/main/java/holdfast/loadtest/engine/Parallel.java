package holdfast.loadtest.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same task for several things at once. */
final class Parallel {

  private Parallel() {}

  @FunctionalInterface
  interface Task<K, T> {
    T of(K key) throws InterruptedException;
  }

  /**
   * Returns the results in the order of the keys. When one task is interrupted, the others are
   * interrupted too, and have ended when this method ends. Otherwise they would run on beside what
   * the caller does next.
   */
  static <K, T> Map<K, T> each(Collection<K> keys, Task<K, T> task) throws InterruptedException {
    Map<K, Future<T>> running = new LinkedHashMap<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      keys.forEach(key -> running.put(key, threads.submit(() -> task.of(key))));
      Map<K, T> results = new LinkedHashMap<>();
      for (Map.Entry<K, Future<T>> each : running.entrySet()) {
        results.put(each.getKey(), each.getValue().get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }
}
