package holdfast.loadtest.fault;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One way to break something. Each method returns what proves its outcome. */
interface Fault {

  Proof inject(Tools tools, Target target) throws IOException, FaultFailed, InterruptedException;

  /** Checks that the fault is still in place; {@code state} comes from the injection's proof. */
  Proof held(Tools tools, Target target, @Nullable JsonNode state)
      throws IOException, FaultFailed, InterruptedException;

  /**
   * Heals the fault, also one that an interrupted run left. Doesn't wait until the target is back,
   * because the target may need other machines first.
   */
  Proof heal(Tools tools, Target target) throws IOException, FaultFailed, InterruptedException;

  /** Waits until the target is back. */
  Proof healed(Tools tools, Target target) throws IOException, FaultFailed, InterruptedException;
}
