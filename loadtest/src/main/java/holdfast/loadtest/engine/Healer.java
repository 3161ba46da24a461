package holdfast.loadtest.engine;

import holdfast.loadtest.fault.FaultFailed;
import holdfast.loadtest.fault.Proof;
import holdfast.loadtest.fault.Tools;
import holdfast.loadtest.verdict.Event;
import java.io.IOException;
import java.util.List;

/**
 * Heals steps in two rounds. First it orders the healing of every step, because a service may wait
 * for another machine. Then it waits until each step's target is back.
 */
record Healer(Tools tools, EventLog events) {

  /**
   * Heals the steps side by side: a machine that hangs doesn't keep the others broken. What fails
   * becomes an event.
   */
  void heal(List<Step> steps) throws InterruptedException {
    noted(steps, Event.Kind.HEAL, step -> step.action().heal(tools, step.on()));
    noted(steps, Event.Kind.HEALED, step -> step.action().healed(tools, step.on()));
  }

  private interface Healing {
    Proof of(Step step) throws IOException, FaultFailed, InterruptedException;
  }

  private record Outcome(Event.Kind kind, Proof proof) {}

  private void noted(List<Step> steps, Event.Kind kind, Healing healing)
      throws InterruptedException {
    Parallel.each(steps, step -> outcome(step, kind, healing))
        .forEach((step, outcome) ->
            events.add(step, outcome.kind(), outcome.proof().text(), outcome.proof().atMs()));
  }

  private Outcome outcome(Step step, Event.Kind kind, Healing healing) throws InterruptedException {
    try {
      Proof proof = healing.of(step);
      long atMs = proof.atMs() == null ? tools.time().nowMs() : proof.atMs();
      return new Outcome(kind, new Proof(proof.text(), atMs, null));
    } catch (IOException | FaultFailed | RuntimeException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Outcome(Event.Kind.NOT_HEALED, new Proof(why, tools.time().nowMs(), null));
    }
  }
}
