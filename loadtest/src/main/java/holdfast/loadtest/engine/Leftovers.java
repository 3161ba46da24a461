package holdfast.loadtest.engine;

import holdfast.loadtest.verdict.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The faults and the load of a drill that was interrupted before it could heal. */
record Leftovers(Equipment equipment) {

  /**
   * Heals the faults that {@code injected.json} names, if there are any.
   *
   * @return whether nothing is left
   */
  boolean healed() throws IOException, InterruptedException {
    Optional<InjectedNote.Content> left = equipment.note().read();
    if (left.isEmpty()) {
      return true;
    }
    List<Step> steps = left.get().steps();
    String strangers = strangers(steps);
    if (!strangers.isEmpty()) {
      tell(
          "%s names %s, which the inventory lacks: use the inventory of the interrupted drill, or remove the file if the machine is well"
              .formatted(equipment.settings().injected(), strangers));
      return false;
    }
    tell("heal what an interrupted drill has left");
    endLoad(left.get());
    EventLog events = new EventLog(equipment.time(), equipment.tell());
    new Healer(equipment.tools(), events).heal(steps);
    if (events.all().stream().anyMatch(event -> event.is(Event.Kind.NOT_HEALED))) {
      tell("what a drill has left could not be healed: mend what the lines above name");
      return false;
    }
    equipment.note().remove();
    return true;
  }

  private String strangers(List<Step> steps) {
    return steps.stream()
        .map(Step::host)
        .filter(host -> !equipment.settings().machines().containsKey(host))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** Goes on even if the load can't be ended, because the faults must be healed in any case. */
  private void endLoad(InjectedNote.Content left) throws InterruptedException {
    try {
      JMeter.endForgotten(Path.of(left.folder()), left.startedMs());
    } catch (IOException e) {
      tell("the load of that drill can't be ended: " + DrillProgram.told(e));
    }
  }

  private void tell(String text) {
    equipment.tell().accept(text);
  }
}
