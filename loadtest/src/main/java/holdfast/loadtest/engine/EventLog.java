package holdfast.loadtest.engine;

import holdfast.loadtest.fault.Proof;
import holdfast.loadtest.machine.Time;
import holdfast.loadtest.verdict.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events of a drill, in order. Each one is also shown on the terminal when it happens. */
final class EventLog {

  private final Time time;
  private final Consumer<String> tell;
  private final List<Event> events = new ArrayList<>();

  EventLog(Time time, Consumer<String> tell) {
    this.time = time;
    this.tell = tell;
  }

  void add(Step step, Event.Kind kind, String text) {
    add(step, kind, text, null);
  }

  /**
   * @param atMs when the event happened, in milliseconds since 1970; null for now
   */
  void add(Step step, Event.Kind kind, String text, @Nullable Long atMs) {
    long at = atMs == null ? time.nowMs() : atMs;
    events.add(event(step, kind, text, at));
    tell.accept("%s on %s: %s".formatted(kind.words(), step.host(), text));
  }

  /**
   * Gives the injection the time from its proof, if the proof has one. Until then the injection has
   * the time at which the drill ordered the fault.
   */
  void correct(Step step, Proof proof) {
    if (proof.atMs() != null) {
      events.replaceAll(event ->
          event.is(Event.Kind.INJECT) && event.step() == step.index()
              ? event(step, Event.Kind.INJECT, String.valueOf(event.text()), proof.atMs())
              : event);
    }
  }

  private static Event event(Step step, Event.Kind kind, String text, long atMs) {
    return new Event(
        atMs, kind, step.index(), step.target(), step.host(), step.unit(), text, step.action());
  }

  boolean has(Step step, Event.Kind kind) {
    return events.stream().anyMatch(event -> event.is(kind) && event.step() == step.index());
  }

  List<Event> all() {
    return List.copyOf(events);
  }
}
