package holdfast.loadtest.engine;

/** Asks all machines how they are. */
@FunctionalInterface
interface HealthCheck {

  /** The system's health now. A machine that can't be asked is a problem in the answer. */
  Health ask() throws InterruptedException;
}
