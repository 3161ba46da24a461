package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillsTest {

  @TempDir Path folder;

  private void write(String name, String more) throws IOException {
    Files.createDirectories(folder.resolve("drills"));
    Files.writeString(
        folder.resolve("drills").resolve(name + ".yml"),
        """
        name: %s
        component: core
        fault: stop
        promise: It goes on.
        gap: process
        load: {rate: 50, duration_s: 30}
        steps:
          - {at_s: 8, action: stop, target: any of core, unit: core}
        expect: {failed_reads_max: 0}
        %s
        """
            .formatted(name, more));
  }

  @Test
  void runsSeveralAndSumsThemUp() throws Exception {
    write("one", "");
    write("two", "");
    FakeSystem system = new FakeSystem(folder, "two", "one");
    assertThat(new Drills(system.equipment()).all()).isZero();
    assertThat(system.judged)
        .extracting(run -> run.getParent().getFileName().toString())
        .containsExactly("two", "one");
    assertThat(folder.resolve("results/matrix/latest")).exists();
  }

  @Test
  void allLeavesOutWhatNeedsMoreMachines() throws Exception {
    write("one", "");
    write("pair", "web_machines: 2");
    FakeSystem system = new FakeSystem(folder, "all");
    assertThat(new Drills(system.equipment()).all()).isZero();
    assertThat(system.judged).hasSize(1);
    assertThat(system.said).contains("not run: pair needs 2 web machines");
  }

  @Test
  void oneBadFileKeepsAllFromBeginning() throws Exception {
    write("bad", "more: 1");
    write("good", "");
    FakeSystem system = new FakeSystem(folder, "all");
    assertThatThrownBy(() -> new Drills(system.equipment()).all())
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith("drills/bad.yml:10: there is no key more");
    assertThat(system.touched).isEmpty();
  }

  @Test
  void anUnknownDrillIsRefusedWithThoseThatExist() throws Exception {
    write("one", "");
    FakeSystem system = new FakeSystem(folder, "other");
    assertThatThrownBy(() -> new Drills(system.equipment()).all())
        .hasMessage("no drill other; there are: all, one");
    FakeSystem nothing = new FakeSystem(folder);
    assertThatThrownBy(() -> new Drills(nothing.equipment()).all())
        .hasMessage("no drill was named (-e drill=NAME); there are: all, one");
  }

  @Test
  void theWorstOfAllCountsAlsoIfADrillIsNamedTwice() throws Exception {
    write("one", "");
    FakeSystem system = new FakeSystem(folder, "one", "one");
    system.failing.add("held stop");
    system.failsOnce = true;
    assertThat(new Drills(system.equipment()).all()).isEqualTo(2);
    assertThat(system.judged).hasSize(2);
  }

  @Test
  void aDrillThatBreaksTheProgramIsInvalidAndTheNextRuns() throws Exception {
    write("one", "");
    write("two", "");
    FakeSystem system = new FakeSystem(folder, "one", "two");
    system.judgeFails = true;
    assertThat(new Drills(system.equipment()).all()).isEqualTo(2);
    assertThat(system.judged).hasSize(2);
    assertThat(system.summedUp).hasSize(2);
    assertThat(String.join("\n", system.said)).contains("one: IllegalStateException: no verdict");
  }
}
