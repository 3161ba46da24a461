package holdfast.loadtest.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same for every machine, at once. */
final class Parallel {

  private Parallel() {}

  @FunctionalInterface
  interface Task<T> {
    T of(String machine) throws InterruptedException;
  }

  /** The results in the machines' order. An interruption ends all that still run. */
  static <T> Map<String, T> each(Collection<String> machines, Task<T> task)
      throws InterruptedException {
    Map<String, Future<T>> running = new LinkedHashMap<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      machines.forEach(machine -> running.put(machine, threads.submit(() -> task.of(machine))));
      Map<String, T> results = new LinkedHashMap<>();
      for (Map.Entry<String, Future<T>> each : running.entrySet()) {
        results.put(each.getKey(), each.getValue().get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }
}
