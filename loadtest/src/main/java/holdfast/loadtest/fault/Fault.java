package holdfast.loadtest.fault;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One way to break something. Each method returns what proves its outcome. */
interface Fault {

  Proof inject(Tools tools, Target target) throws IOException, FaultFailed, InterruptedException;

  /** Sees that the fault is still in place; {@code state} is that of the injection's proof. */
  Proof held(Tools tools, Target target, @Nullable JsonNode state)
      throws IOException, FaultFailed, InterruptedException;

  /** Heals it, also after a run that was cut off. Doesn't wait for what depends on others. */
  Proof heal(Tools tools, Target target) throws IOException, FaultFailed, InterruptedException;

  /** Waits until the target is back. */
  Proof healed(Tools tools, Target target) throws IOException, FaultFailed, InterruptedException;
}
