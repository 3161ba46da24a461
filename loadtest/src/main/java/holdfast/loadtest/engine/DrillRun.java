package holdfast.loadtest.engine;

import holdfast.loadtest.fault.FaultFailed;
import holdfast.loadtest.fault.Proof;
import holdfast.loadtest.verdict.Event;
import holdfast.loadtest.verdict.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The life of one drill. {@link #run} and {@link #underLoad} are its table of contents. */
final class DrillRun {

  private static final long LOOK_EVERY_MS = 250;

  private final DrillSpec spec;
  private final Equipment equipment;
  private final Path folder;
  private final Preparation preparation;
  private final EventLog events;
  private final Healer healer;
  private final List<String> troubles = new ArrayList<>();

  /**
   * The state from each step's injection, with which the drill later checks that the fault lasted.
   */
  private final Map<Step, JsonNode> states = new HashMap<>();

  private LoadGenerator.@Nullable Running load;
  private long startedMs;
  private long endedMs;

  DrillRun(DrillSpec spec, Equipment equipment, Path folder) {
    this.spec = spec;
    this.equipment = equipment;
    this.folder = folder;
    this.preparation = new Preparation(equipment, spec);
    this.events = new EventLog(equipment.time(), text -> tell(second() + text));
    this.healer = new Healer(equipment.tools(), events);
    this.startedMs = equipment.time().nowMs();
  }

  /**
   * Waits for a healthy system, runs the drill, and waits until the system is healthy again.
   *
   * @return what the run showed
   * @throws IOException if the evidence can't be written; what was broken is healed all the same
   * @throws InterruptedException if the drill is interrupted; what was broken is healed all the
   *     same
   */
  Result.Outcome run() throws IOException, InterruptedException {
    Evidence evidence = new Evidence(equipment, spec, folder);
    evidence.begin();
    List<String> problems = new ArrayList<>();
    Health before = preparation.warmSystem(folder, problems);
    List<Step> steps = problems.isEmpty() ? preparation.targets(before, problems) : List.of();
    if (problems.isEmpty()) {
      try {
        underLoad(steps, before);
      } catch (InterruptedException e) {
        forgetTheFaults(steps, Health.WHOLE); // nobody waits until the system is whole
        throw e;
      }
    }
    Health after = events.all().isEmpty() ? Health.WHOLE : preparation.awaitHealth();
    forgetTheFaults(steps, after);
    evidence.write(
        new Evidence.Findings(before, problems, troubles, after),
        new Evidence.Times(startedMs, endedMs == 0 ? equipment.time().nowMs() : endedMs),
        events.all());
    return equipment.judge().judge(folder);
  }

  /** Whatever goes wrong under the load, the faults are healed when this method ends. */
  private void underLoad(List<Step> steps, Health before) throws InterruptedException {
    try {
      startLoad(steps);
      preparation.mustHaveTheSameRoles(before);
      for (Moment moment : moments(steps)) {
        awaitSecond(moment.second());
        moment.deed().run();
      }
      awaitTheLastAnswers();
      for (Step step : unhealed(steps)) {
        seeThatItLasted(step);
      }
    } catch (IOException | FaultFailed e) {
      tell("trouble: " + e.getMessage());
      troubles.add(String.valueOf(e.getMessage()));
      // Requests due after this moment were never sent, and must not count as unanswered.
      endedMs = equipment.time().nowMs();
    } finally {
      healAndEndTheLoad(steps);
    }
  }

  /** A Ctrl-C that arrives while the faults are healed doesn't keep them from being healed. */
  private void healAndEndTheLoad(List<Step> steps) throws InterruptedException {
    try {
      healer.heal(unhealed(steps));
    } catch (InterruptedException e) {
      healer.heal(unhealed(steps));
      throw e;
    } finally {
      if (load != null) {
        load.end(); // else it would run on while evidence is gathered, and in the next drill
      }
    }
  }

  private void startLoad(List<Step> steps) throws IOException, InterruptedException {
    startedMs = equipment.time().nowMs() + equipment.load().lead(spec.load()).toMillis();
    equipment.note().write(new InjectedNote.Content(steps, folder.toString(), startedMs));
    tell(
        "load: %d requests a second for %d s"
            .formatted(spec.load().rate(), spec.load().durationS()));
    load = equipment.load().start(spec.load(), folder, startedMs);
  }

  /** Something that is due at a second of the load. */
  private record Moment(int second, Deed deed) {}

  private interface Deed {
    void run() throws IOException, FaultFailed, InterruptedException;
  }

  private List<Moment> moments(List<Step> steps) {
    List<Moment> moments = new ArrayList<>();
    for (Step step : steps) {
      moments.add(new Moment(step.atS(), () -> inject(step)));
      if (step.healAtS() != null) {
        moments.add(new Moment(step.healAtS(), () -> healUnderLoad(step)));
      }
    }
    moments.sort(Comparator.comparingInt(Moment::second));
    return moments;
  }

  private void inject(Step step) throws IOException, FaultFailed, InterruptedException {
    events.add(step, Event.Kind.INJECT, step.action().words(step.on()), equipment.time().nowMs());
    Proof proof = step.action().inject(equipment.tools(), step.on());
    events.correct(step, proof);
    if (proof.state() != null) {
      states.put(step, proof.state());
    }
    events.add(step, Event.Kind.PROVED, proof.text());
  }

  private void healUnderLoad(Step step) throws InterruptedException {
    seeThatItLasted(step);
    healer.heal(List.of(step));
  }

  private void seeThatItLasted(Step step) throws InterruptedException {
    try {
      Proof proof = step.action().held(equipment.tools(), step.on(), states.get(step));
      events.add(step, Event.Kind.HELD, proof.text());
    } catch (IOException | FaultFailed e) {
      events.add(step, Event.Kind.NOT_HELD, String.valueOf(e.getMessage()));
    }
  }

  private void awaitSecond(int second) throws IOException, InterruptedException {
    for (Duration left; (left = untilSecond(second)).isPositive(); ) {
      running().mustRun();
      equipment.time().pause(Math.min(left.toMillis(), LOOK_EVERY_MS));
    }
  }

  private Duration untilSecond(int second) {
    return Duration.ofMillis(startedMs + second * 1000L - equipment.time().nowMs());
  }

  private void awaitTheLastAnswers() throws IOException, InterruptedException {
    running().await(untilSecond(spec.load().durationS()));
    endedMs = equipment.time().nowMs();
  }

  private LoadGenerator.Running running() {
    if (load == null) {
      throw new IllegalStateException("the load was never started");
    }
    return load;
  }

  private List<Step> unhealed(List<Step> steps) {
    return steps.stream()
        .filter(step -> events.has(step, Event.Kind.INJECT))
        .filter(step -> !events.has(step, Event.Kind.HEALED))
        .toList();
  }

  /**
   * Removes the note, but only if all is well. Otherwise the next drill, or ansible/heal.yml, heals
   * again.
   */
  private void forgetTheFaults(List<Step> steps, Health now) {
    boolean failed = events.all().stream().anyMatch(event -> event.is(Event.Kind.NOT_HEALED));
    if (failed || !unhealed(steps).isEmpty() || !now.whole()) {
      return;
    }
    try {
      equipment.note().remove();
    } catch (IOException e) {
      troubles.add("the note of what was broken can't be removed: " + e.getMessage());
    }
  }

  private void tell(String text) {
    equipment.tell().accept(spec.name() + ": " + text);
  }

  /** The second of the load in which something happens. */
  private String second() {
    return String.format(Locale.ROOT, "%.1f s, ", (equipment.time().nowMs() - startedMs) / 1000.0);
  }
}
