package holdfast.loadtest.fault;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A fault that is done to a whole machine from outside.
 *
 * @param breaks the verb that takes the machine away, see {@code drill_machine_commands}
 * @param mends the verb that brings it back
 * @param mended the healing in words, such as "power on"
 */
record ByPlug(String breaks, String mends, String mended) implements Fault {

  private static final Duration GONE_WITHIN = Duration.ofSeconds(8);
  private static final long LOOK_EVERY_MS = 200;

  /** Brings a replica's copy to the step's moment, and stops the unit there. */
  private static final OnMachine COPY = new OnMachine("copy");

  @Override
  public Proof inject(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    String before = "";
    if (target.moment() != null) {
      before = COPY.inject(tools, target).text() + "; ";
    }
    long atMs = tools.time().nowMs();
    tools.machines().order(breaks, target.host());
    return new Proof(before + held(tools, target, null).text(), atMs, null);
  }

  @Override
  public Proof held(Tools tools, Target target, @Nullable JsonNode state)
      throws FaultFailed, InterruptedException {
    if (!answers(tools, target, false, GONE_WITHIN)) {
      throw new FaultFailed(target.host() + " still answers");
    }
    return Proof.of(target.host() + " does not answer");
  }

  @Override
  public Proof heal(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    if (target.moment() != null && tools.machines().answers(target.host())) {
      // The power is still on, but the unit's processes may be stopped already.
      COPY.heal(tools, target);
    }
    try {
      tools.machines().order(mends, target.host());
      return Proof.of(mended);
    } catch (IOException e) {
      // Some commands refuse to start a machine that runs. healed() checks if it runs.
      return Proof.of("%s was refused: %s".formatted(mended, e.getMessage()));
    }
  }

  @Override
  public Proof healed(Tools tools, Target target) throws FaultFailed, InterruptedException {
    if (!answers(tools, target, true, tools.healing())) {
      throw new FaultFailed(target.host() + " does not come back");
    }
    return Proof.of(target.host() + " answers");
  }

  private static boolean answers(Tools tools, Target target, boolean wanted, Duration patience)
      throws InterruptedException {
    return tools
        .time()
        .until(() -> tools.machines().answers(target.host()) == wanted, patience, LOOK_EVERY_MS);
  }
}
