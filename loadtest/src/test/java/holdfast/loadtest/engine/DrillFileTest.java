package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrillFileTest {

  private static final String GOOD =
      """
      ---
      name: good
      component: core
      fault: stop
      promise: It goes on.
      gap: process
      load: {plan: mixed, rate: 50, duration_s: 30}
      steps:
        - {at_s: 8, action: stop, target: replica, unit: patroni}
      expect: {failed_reads_max: 0}
      """;

  @TempDir Path folder;

  private DrillSpec read(String text) throws IOException, Refused {
    FakeSystem system = new FakeSystem(folder);
    Path file = Files.writeString(folder.resolve("drills/good.yml"), text);
    return new DrillFile(file, system.settings).read();
  }

  @Test
  void readsAGoodOne() throws Exception {
    DrillSpec spec = read(GOOD);
    assertThat(spec.load()).isEqualTo(new DrillSpec.Load("mixed", 50, null, 1, 30));
    assertThat(spec.steps()).hasSize(1);
    assertThat(read(GOOD.replace("plan: mixed, ", "")).load().plan()).isEqualTo("search");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name: good          | name: other          | drills/good.yml:2: the name must be that of the file
          promise: It         | promis: It           | drills/good.yml:5: there is no key promis here; there are: name, component
          promise: It goes on. | web_machines: 1     | drills/good.yml:2: the key promise is missing
          gap: process        | gap: none            | drills/good.yml:6: there is no gap none; there are: process
          gap: process        | gap: [process]       | drills/good.yml:6: gap must be a text
          plan: mixed         | plan: searches       | drills/good.yml:7: there is no plan searches; there are: mixed, search
          rate: 50            | rate: 0              | drills/good.yml:7: rate must be above 0
          rate: 50            | rate: fast           | drills/good.yml:7: rate must be a whole number, and is fast
          rate: 50            | rates: 50            | drills/good.yml:7: there is no key rates here; there are: plan, rate
          duration_s: 30      | duration_s: 8        | drills/good.yml:9: every at_s and heal_at_s lies above 0 and below duration_s (8)
          duration_s: 30      | duration_s: 30, tries: 0 | drills/good.yml:7: tries must be above 0
          at_s: 8             | at_s: 0              | drills/good.yml:9: every at_s and heal_at_s lies above 0
          at_s: 8             | at_s: 8.5            | drills/good.yml:9: at_s must be a whole number
          at_s: 8             | at_s: 8, heal_at_s: 7 | drills/good.yml:9: heal_at_s must be after at_s
          at_s: 8             | at_s: 8, heal_at_s: 30 | drills/good.yml:9: every at_s and heal_at_s lies above 0
          at_s: 8             | at_seconds: 8        | drills/good.yml:9: there is no key at_seconds here; there are: at_s, heal_at_s
          action: stop        | action: stpo         | drills/good.yml:9: no fault stpo; there are: stop, kill, freeze
          action: stop        | action: kil          | drills/good.yml:9: no fault kil; there are: stop, kill, freeze
          action: stop        | action: cut          | drills/good.yml:9: cut needs drill_machine_commands.cut and .join
          action: stop        | action: stop, process: x | drills/good.yml:9: a process narrows only kill and freeze
          action: stop        | action: stop, moment: copied | drills/good.yml:9: a moment is for poweroff of a replica
          action: stop        | action: poweroff, moment: later | drills/good.yml:9: there is no moment later: it is placed, or copying
          unit: patroni       | number: 1            | drills/good.yml:9: stop needs a unit
          target: replica     | target: db9          | drills/good.yml:9: the target db9 is neither a role
          target: replica     | target: vip_keeper   | drills/good.yml:9: the target vip_keeper is neither a role
          target: replica     | target: broker, number: 3 | drills/good.yml:9: the target broker number 3 is neither a role
          target: replica     | target: replica, number: 0 | drills/good.yml:9: the target replica number 0 is neither a role
          target: replica     | target: any of nobody | drills/good.yml:9: the target any of nobody is neither a role
          failed_reads_max: 0 | failed_writes_max: 0 | drills/good.yml:10: the key failed_reads_max is missing
          failed_reads_max: 0 | failed_reads_max: 0, lost: 0 | drills/good.yml:10: there is no key lost here
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: 0.3 | drills/good.yml:10: returned_share_min and returned_within_s need each other
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: 3, returned_within_s: 1 | drills/good.yml:10: returned_share_min lies between 0 and 1
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: 0.3, returned_within_s: 1 | drills/good.yml:10: returned_share_min needs a step with heal_at_s
          gap: process        | web_machines: 2      | drills/good.yml:6: it needs 2 web machines, the inventory has 1
          ---                 | - a list             | drills/good.yml:2: it is no YAML
          """)
  void refusesAnyOtherWithItsLineAndWhatIsAllowed(String right, String wrong, String message) {
    assertThat(GOOD).contains(right);
    assertThatThrownBy(() -> read(GOOD.replace(right, wrong)))
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void refusesWhatIsNoMapping() {
    for (String text : new String[] {"", "- a", "a: [", "x".repeat(70_000)}) {
      assertThatThrownBy(() -> read(text))
          .isInstanceOf(Refused.class)
          .hasMessageStartingWith("drills/good.yml");
    }
  }

  /** Steps that only differ in their time: an earlier one can't follow. */
  @Test
  void refusesStepsOutOfOrder() {
    String second = "  - {at_s: 7, action: stop, target: replica, unit: patroni}\nexpect:";
    assertThatThrownBy(() -> read(GOOD.replace("expect:", second)))
        .hasMessage("drills/good.yml:10: the steps must stand in the order of their at_s");
  }
}
