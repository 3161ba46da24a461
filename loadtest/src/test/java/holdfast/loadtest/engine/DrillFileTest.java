package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

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

  private static final Path DRILLS = Path.of("../drills");

  @TempDir Path folder;

  private DrillSpec read(String text) throws IOException, Refused {
    FakeSystem system = new FakeSystem(folder);
    Path file = Files.writeString(folder.resolve("drills/good.yml"), text);
    return new DrillFile(file, system.settings).read();
  }

  @Test
  void readsAGoodFile() throws Exception {
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
          rate: 50            | rate: 0              | drills/good.yml:7: rate must be a whole number from 1 to 10000, in plain digits; it is 0
          rate: 50            | rate: fast           | drills/good.yml:7: rate must be a whole number from 1 to 10000, in plain digits; it is fast
          rate: 50            | rates: 50            | drills/good.yml:7: there is no key rates here; there are: plan, rate
          duration_s: 30      | duration_s: 8        | drills/good.yml:9: at_s must be below duration_s (8)
          duration_s: 30      | duration_s: 30, tries: 0 | drills/good.yml:7: tries must be a whole number from 1 to 10
          at_s: 8             | at_s: 0              | drills/good.yml:9: at_s must be a whole number from 1 to 86400
          at_s: 8             | at_s: 8.5            | drills/good.yml:9: at_s must be a whole number
          at_s: 8             | at_s: 8, heal_at_s: 7 | drills/good.yml:9: heal_at_s must be after at_s
          at_s: 8             | at_s: 8, heal_at_s: 30 | drills/good.yml:9: heal_at_s must be below duration_s (30)
          at_s: 8             | at_seconds: 8        | drills/good.yml:9: there is no key at_seconds here; there are: at_s, heal_at_s
          action: stop        | action: stpo         | drills/good.yml:9: no fault stpo; there are: stop, kill, freeze
          action: stop        | action: kil          | drills/good.yml:9: no fault kil; there are: stop, kill, freeze
          action: stop        | action: cut          | drills/good.yml:9: cut needs drill_machine_commands.cut and .join
          action: stop        | action: stop, process: x | drills/good.yml:9: a process is only for kill and freeze
          action: stop        | action: stop, moment: copied | drills/good.yml:9: a moment is only for poweroff, with the target replica and a unit
          action: stop        | action: poweroff, moment: later | drills/good.yml:9: there is no moment later; there are: placed, or copying
          unit: patroni       | number: 1            | drills/good.yml:9: stop needs a unit
          target: replica     | target: db9          | drills/good.yml:9: the target db9 is neither a role
          target: replica     | target: vip_keeper   | drills/good.yml:9: the target vip_keeper is neither a role
          target: replica     | target: broker, number: 3 | drills/good.yml:9: the target broker number 3 is neither a role
          target: replica     | target: replica, number: 0 | drills/good.yml:9: number must be a whole number from 1 to 100
          target: replica     | target: any of nobody | drills/good.yml:9: the target any of nobody is neither a role
          failed_reads_max: 0 | failed_writes_max: 0 | drills/good.yml:10: the key failed_reads_max is missing
          failed_reads_max: 0 | failed_reads_max: 0, lost: 0 | drills/good.yml:10: there is no key lost here
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: 0.3 | drills/good.yml:10: returned_share_min and returned_within_s need each other
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: 3, returned_within_s: 1 | drills/good.yml:10: returned_share_min must be a number from 0 to 1, in plain digits; it is 3
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: 0.3, returned_within_s: 1 | drills/good.yml:10: returned_share_min needs a step with heal_at_s
          promise: It goes on. | name: good          | drills/good.yml:5: the key name is there twice
          promise: It goes on. | promise: 5          | drills/good.yml:5: promise must be a text
          rate: 50            | rate: 50, rate: 60   | drills/good.yml:7: the key rate is there twice
          rate: 50            | rate: 10001          | drills/good.yml:7: rate must be a whole number from 1 to 10000
          rate: 50            | rate: 99999999999    | drills/good.yml:7: rate must be a whole number from 1 to 10000
          rate: 50            | rate: [50]           | drills/good.yml:7: rate must be a whole number from 1 to 10000, in plain digits; it is a list or a mapping
          duration_s: 30      | duration_s: 30, patience_s: 86401 | drills/good.yml:7: patience_s must be a whole number from 1 to 86400
          duration_s: 30      | duration_s: 20001    | drills/good.yml:7: a load has at most 1000000 requests
          at_s: 8             | 'at_s: "8"'          | 'drills/good.yml:9: at_s must be a whole number from 1 to 86400, in plain digits; it is "8"'
          at_s: 8             | at_s: +8             | drills/good.yml:9: at_s must be a whole number from 1 to 86400, in plain digits; it is +8
          at_s: 8             | at_s: 08             | drills/good.yml:9: at_s must be a whole number from 1 to 86400, in plain digits; it is 08
          at_s: 8             | at_s: !!str 8        | drills/good.yml:9: at_s must be a whole number
          at_s: 8             | at_s: !!int 8.5      | drills/good.yml:9: at_s must be a whole number
          at_s: 8             | at_s: 8, at_s: 9     | drills/good.yml:9: the key at_s is there twice
          target: replica     | target: any of core, number: 1 | drills/good.yml:9: `any of` picks a machine at random, so it takes no number
          failed_reads_max: 0 | failed_reads_max: -1 | drills/good.yml:10: failed_reads_max must be a whole number from 0 to 1000000
          failed_reads_max: 0 | failed_reads_max: 0, p99_ms_max: 0 | drills/good.yml:10: p99_ms_max must be a whole number from 1 to 86400000
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: .nan, returned_within_s: 1 | drills/good.yml:10: returned_share_min must be a number from 0 to 1, in plain digits; it is .nan
          failed_reads_max: 0 | failed_reads_max: 0, returned_share_min: NaN, returned_within_s: 1 | drills/good.yml:10: returned_share_min must be a number from 0 to 1, in plain digits; it is NaN
          gap: process        | web_machines: 2      | drills/good.yml:6: the drill needs 2 web machines, the inventory has 1
          ---                 | - a list             | drills/good.yml:2: the file is not YAML
          """)
  void refusesAMistakeWithItsLineAndWhatIsAllowed(String right, String wrong, String message) {
    assertThat(GOOD).contains(right);
    assertThatThrownBy(() -> read(GOOD.replace(right, wrong)))
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void refusesAFileThatIsNotAMapping() {
    for (String text : new String[] {"", "- a", "a: [", "x".repeat(70_000)}) {
      assertThatThrownBy(() -> read(text))
          .isInstanceOf(Refused.class)
          .hasMessageStartingWith("drills/good.yml");
    }
  }

  @Test
  void refusesStepsOutOfOrder() {
    String second = "  - {at_s: 7, action: stop, target: replica, unit: patroni}\nexpect:";
    assertThatThrownBy(() -> read(GOOD.replace("expect:", second)))
        .hasMessage("drills/good.yml:10: the steps must be in the order of their at_s");
  }

  @Test
  void refusesAShareThatIsMeasuredOnlyAfterTheLoad() throws Exception {
    String healed = GOOD.replace("at_s: 8", "at_s: 8, heal_at_s: 20");
    String share = "failed_reads_max: 0, returned_share_min: 0.3, returned_within_s: ";
    assertThatThrownBy(() -> read(healed.replace("failed_reads_max: 0", share + 10)))
        .hasMessage(
            "drills/good.yml:10: heal_at_s (20) and returned_within_s (10) together must be below duration_s (30)");
    assertThat(read(healed.replace("failed_reads_max: 0", share + 9)).document().get("expect"))
        .hasToString(
            "{failed_reads_max=0, returned_share_min=0.3, returned_within_s=9, gap_reads_ms_max=1000, gap_writes_ms_max=2000}");
  }

  @Test
  void refusesAMomentFromOutsideIfNoStepHasOne() throws Exception {
    Settings settings = whole("copied+1");
    Path file = Files.writeString(folder.resolve("drills/good.yml"), GOOD);
    assertThatThrownBy(() -> new DrillFile(file, settings).read())
        .hasMessage(
            "drills/good.yml:9: drill_moment is set, but no step of this drill has a moment");
    Path copy = DRILLS.resolve("poweroff-copy.yml");
    assertThat(new DrillFile(copy, settings).read().steps())
        .extracting(DrillSpec.Step::moment)
        .containsExactly("copied+1");
  }

  @Test
  void readsEveryDrillOfTheProject() throws Exception {
    Settings settings = whole(null);
    List<String> names = DrillFile.names(DRILLS);
    for (String name : names) {
      assertThat(new DrillFile(DRILLS.resolve(name + ".yml"), settings).read().name())
          .isEqualTo(name);
    }
    assertThat(names).hasSizeGreaterThan(50);
  }

  /** Settings with every group, command and gap that the project's drills name. */
  @SuppressWarnings("unchecked")
  private Settings whole(@Nullable String moment) throws IOException {
    Settings some = new FakeSystem(folder).settings;
    String gaps = Files.readString(Path.of("../group_vars/all/gaps.yml"));
    Map<String, Object> variables =
        (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(gaps);
    Map<String, Settings.Gap> predicted =
        ((Map<String, Object>) variables.get("predicted_gaps"))
            .keySet().stream()
                .collect(Collectors.toMap(name -> name, name -> new Settings.Gap(1000, 2000.0)));
    Map<String, List<String>> groups = new HashMap<>(some.groups());
    groups.put("web", List.of("web1", "web2"));
    List.of("cache", "chat", "etcd").forEach(group -> groups.put(group, List.of("a", "b", "c")));
    Settings.Vip vip = new Settings.Vip("", List.of("a", "b"));
    List<String> command = List.of("true");
    return new Settings(
        some.drillsDir(),
        some.resultsDir(),
        some.names(),
        some.check(),
        moment,
        some.machines(),
        groups,
        Map.of("vip", vip, "web_vip", vip),
        Map.of("off", command, "on", command, "cut", command, "join", command),
        some.load(),
        some.database(),
        some.patroni(),
        some.coreManagementPort(),
        some.fault(),
        some.dataDir(),
        some.logUnits(),
        predicted,
        some.faultLateMaxS(),
        some.healTimeoutS(),
        some.health());
  }
}
