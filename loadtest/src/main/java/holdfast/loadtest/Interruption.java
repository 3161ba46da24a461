package holdfast.loadtest;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Turns Ctrl-C and SIGTERM into an interruption of the work, and waits until it has cleaned up. */
final class Interruption {

  /** Longer than healing takes: a machine may need {@code drill_heal_timeout_s} to come back. */
  private static final long CLEAN_UP_S = 300;

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
        System.err.println("what was broken is not healed yet, and left so");
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
