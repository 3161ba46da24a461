package holdfast.loadtest.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultsTest {

  private static final String FAULT = "Step 1's fault (patroni on db2) was ";

  @Test
  void acceptsAFaultUnderLoadThatLasts() {
    assertThat(faults(Runs.events()).notUnderLoad()).isEmpty();
    assertThat(faults(Runs.events()).notHeld()).isEmpty();
  }

  @Test
  void objectsToAFaultThatIsProvedAfterTheLoad() {
    assertThat(provedAt(1999)).isEmpty();
    assertThat(provedAt(2000)).containsExactly(FAULT + "proved 0.0 s after the load ended");
    assertThat(provedAt(3500)).containsExactly(FAULT + "proved 1.5 s after the load ended");
  }

  @Test
  void objectsToAFaultThatIsProvedBeforeTheLoad() {
    assertThat(provedAt(-200)).containsExactly(FAULT + "proved 0.2 s before the load began");
  }

  @Test
  void objectsToAFaultThatIsProvedLongAfterItsSecond() {
    Run run = Runs.lasting(30);
    assertThat(new Faults(proved(8_000), run, Runs.PROMISE).notUnderLoad()).isEmpty();
    assertThat(new Faults(proved(8_001), run, Runs.PROMISE).notUnderLoad())
        .containsExactly(FAULT + "proved 7.0 s after it was due (limit 7.0 s)");
  }

  @Test
  void objectsToAFaultThatIsNotProved() {
    assertThat(faults(without(Event.Kind.PROVED)).notUnderLoad())
        .containsExactly(FAULT + "not proved to have happened");
  }

  @Test
  void objectsToMissingAndToUnknownSteps() {
    assertThat(faults(List.of()).notUnderLoad())
        .containsExactly("1 steps were planned, 0 were carried out");
    assertThat(new Faults(Runs.events(), Runs.RUN, Expectations.NONE).notUnderLoad())
        .containsExactly("0 steps were planned, 1 were carried out");
  }

  @Test
  void doubtsAFaultThatWasGoneOrNotCheckedBeforeHealing() {
    assertThat(faults(with(Runs.event(1995, Event.Kind.NOT_HELD))).notHeld())
        .containsExactly(FAULT + "gone before healing began");
    assertThat(faults(without(Event.Kind.HELD)).notHeld())
        .containsExactly(FAULT + "not seen to last until healing began");
  }

  private static List<String> provedAt(long ms) {
    return faults(proved(ms)).notUnderLoad();
  }

  private static List<Event> proved(long ms) {
    return Stream.concat(
            without(Event.Kind.PROVED).stream(), Stream.of(Runs.event(ms, Event.Kind.PROVED)))
        .toList();
  }

  private static List<Event> with(Event event) {
    return Stream.concat(Runs.events().stream(), Stream.of(event)).toList();
  }

  private static List<Event> without(Event.Kind kind) {
    return Runs.events().stream().filter(event -> !event.is(kind)).toList();
  }

  private static Faults faults(List<Event> events) {
    return new Faults(events, Runs.RUN, Runs.PROMISE);
  }
}
