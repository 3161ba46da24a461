package holdfast.loadtest.engine;

import holdfast.loadtest.fault.FaultFailed;
import holdfast.loadtest.fault.Proof;
import holdfast.loadtest.fault.Tools;
import holdfast.loadtest.verdict.Event;
import java.io.IOException;
import java.util.List;

/** Heals steps: first all of them, since one may wait for another, then sees that each is back. */
record Healer(Tools tools, EventLog events) {

  void heal(List<Step> steps) throws InterruptedException {
    for (Step step : steps) {
      noted(step, Event.Kind.HEAL, () -> step.action().heal(tools, step.on()));
    }
    for (Step step : steps) {
      noted(step, Event.Kind.HEALED, () -> step.action().healed(tools, step.on()));
    }
  }

  private interface Healing {
    Proof run() throws IOException, FaultFailed, InterruptedException;
  }

  private void noted(Step step, Event.Kind kind, Healing healing) throws InterruptedException {
    try {
      Proof proof = healing.run();
      events.add(step, kind, proof.text(), proof.atMs());
    } catch (IOException | FaultFailed e) {
      events.add(step, Event.Kind.NOT_HEALED, String.valueOf(e.getMessage()));
    }
  }
}
