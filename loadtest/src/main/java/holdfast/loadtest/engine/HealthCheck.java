package holdfast.loadtest.engine;

/** Asks the whole system how it is. */
@FunctionalInterface
interface HealthCheck {

  /** As it is now; what can't be asked is a problem in the answer. */
  Health ask() throws InterruptedException;
}
