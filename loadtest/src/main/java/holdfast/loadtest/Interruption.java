package holdfast.loadtest;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Turns Ctrl-C and SIGTERM into an interruption of the work, and waits until the work has cleaned
 * up.
 */
final class Interruption {

  /**
   * A last resort, because each part of the cleaning up has a limit of its own. A healing takes at
   * most 400 s: 200 s for each of its two rounds (see {@code OnMachine} and {@code Healer}).
   */
  private static final long CLEAN_UP_S = 600;

  private static final int CUT_OFF = 2;

  private Interruption() {}

  /** Runs the work; its result is the exit code. */
  static int orderly(IntSupplier work) {
    Thread worker = Thread.currentThread();
    CountDownLatch over = new CountDownLatch(1);
    Thread hook = new Thread(() -> cutOff(worker, over));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.getAsInt();
    } finally {
      over.countDown();
      forget(hook);
    }
  }

  private static void cutOff(Thread worker, CountDownLatch over) {
    worker.interrupt();
    try {
      if (!over.await(CLEAN_UP_S, TimeUnit.SECONDS)) {
        System.err.println(
            "the faults are not healed within %d s: see ansible/heal.yml".formatted(CLEAN_UP_S));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(CUT_OFF);
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook runs: it ends the program.
    }
  }
}
