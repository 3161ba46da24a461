package holdfast.loadtest.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.loadtest.machine.Machines;
import holdfast.loadtest.machine.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The faults that are done from outside: by the plug, by the cable, by Patroni. */
class FaultTest {

  private static final Target WHOLE = new Target("db2", null, null, null);
  private static final Target AT_A_MOMENT = new Target("db2", "patroni", null, "copied");

  private final OneMachine machine = new OneMachine();
  private final Tools tools =
      new Tools(machine, machine, "the script", "/data", Duration.ofSeconds(90));

  @Test
  void aPowerOffIsProvedByTheSilenceAndHasTheTimeOfItsOrder() throws Exception {
    Proof proof = FaultKind.POWEROFF.inject(tools, WHOLE);
    assertThat(machine.done).containsExactly("off");
    assertThat(proof.text()).isEqualTo("db2 does not answer");
    assertThat(proof.atMs()).isEqualTo(1000);
    FaultKind.POWEROFF.heal(tools, WHOLE);
    assertThat(FaultKind.POWEROFF.healed(tools, WHOLE).text()).isEqualTo("db2 answers");
    assertThat(machine.done).containsExactly("off", "on");
  }

  @Test
  void aMachineThatKeepsAnsweringWasNotPoweredOff() {
    machine.obeys = false;
    assertThatThrownBy(() -> FaultKind.POWEROFF.inject(tools, WHOLE))
        .hasMessage("db2 still answers");
  }

  @Test
  void aCutLeavesThePowerOn() throws Exception {
    FaultKind.CUT.inject(tools, WHOLE);
    FaultKind.CUT.heal(tools, WHOLE);
    assertThat(machine.done).containsExactly("cut", "join");
  }

  @Test
  void atAMomentOfTheCopyTheUnitStopsFirst() throws Exception {
    machine.copyTakesMs = 5000;
    Proof proof = FaultKind.POWEROFF.inject(tools, AT_A_MOMENT);
    assertThat(machine.done).containsExactly("inject copy patroni copied", "off");
    assertThat(proof.text()).isEqualTo("inject copy; db2 does not answer");
    assertThat(proof.atMs())
        .as("when the power went, not when the copy was asked for")
        .isEqualTo(6000);
  }

  @Test
  void aUnitThatWasStoppedForAPowerOffThatDidNotHappenGoesOn() throws Exception {
    FaultKind.POWEROFF.heal(tools, AT_A_MOMENT);
    assertThat(machine.done).containsExactly("heal copy patroni copied", "on");
  }

  @Test
  void aMachineThatIsOffHasNothingToLetGoOn() throws Exception {
    FaultKind.POWEROFF.inject(tools, AT_A_MOMENT);
    machine.done.clear();
    FaultKind.POWEROFF.heal(tools, AT_A_MOMENT);
    assertThat(machine.done).containsExactly("on");
  }

  /** {@code virsh start} fails on a machine that runs, for example. */
  @Test
  void anOrderThatIsRefusedIsNoFailureIfTheMachineAnswers() throws Exception {
    machine.refuses = true;
    assertThat(FaultKind.POWEROFF.heal(tools, WHOLE).text())
        .isEqualTo("power on was refused: it runs already");
    assertThat(FaultKind.POWEROFF.healed(tools, WHOLE).text()).isEqualTo("db2 answers");
  }

  @Test
  void aMachineThatStaysSilentIsNotHealed() throws Exception {
    FaultKind.POWEROFF.inject(tools, WHOLE);
    machine.refuses = true;
    FaultKind.POWEROFF.heal(tools, WHOLE);
    assertThatThrownBy(() -> FaultKind.POWEROFF.healed(tools, WHOLE))
        .hasMessage("db2 does not come back");
  }

  @Test
  void aSwitchoverIsProvedByAnotherLeader() throws Exception {
    machine.leader = "db1";
    assertThat(FaultKind.SWITCHOVER.inject(tools, WHOLE).text()).isEqualTo("db1 leads");
    assertThat(machine.done).containsExactly("POST /switchover {\"leader\":\"db2\"}");
  }

  @Test
  void aSwitchoverThatPatroniRefusesOrThatChangesNothingIsNone() {
    assertThatThrownBy(() -> FaultKind.SWITCHOVER.inject(tools, WHOLE))
        .hasMessage("no other member leads; leader: db2");
    machine.refuses = true;
    assertThatThrownBy(() -> FaultKind.SWITCHOVER.inject(tools, WHOLE))
        .hasMessage("Patroni refuses the switchover: no candidate");
  }

  /** A machine that does as it is told, or not, and a clock that jumps. */
  private static final class OneMachine implements Machines, Time {

    final List<String> done = new ArrayList<>();
    String leader = "db2";
    boolean obeys = true;
    boolean refuses;
    long copyTakesMs;
    private boolean answers = true;
    private long nowMs = 1000;

    @Override
    public Output run(String name, List<String> command, String input, Duration patience) {
      done.add(String.join(" ", command.subList(2, 6)));
      nowMs += copyTakesMs;
      String said = command.get(2) + " " + command.get(3);
      return new Output(0, "{\"text\": \"%s\", \"at_ms\": 1000}".formatted(said), "");
    }

    @Override
    public void save(String name, List<String> command, Path file, Duration patience) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean answers(String name) {
      return answers;
    }

    @Override
    public Output http(
        String name, Service service, String path, @Nullable String post, Duration patience) {
      if (post == null) {
        String member = "{\"name\": \"%s\", \"role\": \"leader\"}".formatted(leader);
        return new Output(200, "{\"members\": [%s]}".formatted(member), "");
      }
      done.add("POST " + path + " " + post);
      return refuses ? new Output(412, "no candidate", "") : new Output(200, "", "");
    }

    @Override
    public void order(String verb, String name) throws IOException {
      if (refuses) {
        throw new IOException("it runs already");
      }
      done.add(verb);
      if (obeys) {
        answers = verb.equals("on") || verb.equals("join");
      }
    }

    @Override
    public void close() {}

    @Override
    public long nowMs() {
      return nowMs;
    }

    @Override
    public void pause(long ms) {
      nowMs += ms;
    }
  }
}
