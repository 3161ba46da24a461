package holdfast.bench.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Runs tasks on a fixed number of threads. */
public final class ParallelRunner {

  private ParallelRunner() {}

  /**
   * Returns the results in the order of the tasks. If tasks fail, the failure of the first one is
   * thrown.
   */
  public static <T> List<T> each(int count, int threads, IntFunction<Callable<T>> tasks)
      throws IOException, InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Callable<T>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(tasks.apply(i));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : pool.invokeAll(all)) {
        results.add(result.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
    }
  }
}
