package holdfast.loadtest.timeline;

import holdfast.loadtest.fault.FaultKind;
import holdfast.loadtest.logs.LogLine;
import holdfast.loadtest.verdict.Event;
import java.util.List;

/**
 * A time in which a whole machine was powered off or cut from the network. A machine without
 * network may still log that it leads. But nobody can reach it, so it has no role in this time.
 */
record Absence(String machine, long fromMs, long toMs) {

  static List<Absence> of(List<Event> events) {
    return events.stream().filter(Absence::begins).map(event -> of(event, events)).toList();
  }

  private static Absence of(Event inject, List<Event> events) {
    long toMs =
        events.stream()
            .filter(it -> it.is(Event.Kind.HEAL) && it.step() == inject.step())
            .mapToLong(Event::atMs)
            .min()
            .orElse(Long.MAX_VALUE);
    return new Absence(String.valueOf(inject.host()), inject.atMs(), toMs);
  }

  private static boolean begins(Event event) {
    FaultKind fault = event.fault();
    return event.is(Event.Kind.INJECT) && fault != null && fault.takesMachineAway();
  }

  boolean hides(LogLine line) {
    return line.machine().equals(machine) && line.atMs() >= fromMs && line.atMs() < toMs;
  }
}
