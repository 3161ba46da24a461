package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.loadtest.fault.FaultKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The machines that the targets of a drill's file mean. */
class TargetsTest {

  private static final Health NOW =
      new Health(List.of(), "db2", List.of("db3"), new TreeMap<>(Map.of("vip", "lb2")));

  private static final DrillSpec.Load LOAD = new DrillSpec.Load("search", 50, null, 1, 30);

  @TempDir Path folder;
  private Targets targets;

  @BeforeEach
  void aSystem() throws IOException {
    targets = new Targets(new FakeSystem(folder).settings, new Random(1));
  }

  private static DrillSpec.Step step(String target, int number) {
    return new DrillSpec.Step(0, 8, null, FaultKind.STOP, target, number, "unit", null, null);
  }

  private List<Step> resolved(DrillSpec.Step step, Health now, List<String> problems) {
    DrillSpec spec = new DrillSpec("try", LOAD, List.of(step), Map.of());
    return targets.resolve(spec, now, problems);
  }

  @ParameterizedTest
  @CsvSource({
    "leader, 1, db2",
    "replica, 1, db1",
    "replica, 2, db3",
    "sync_standby, 1, db3",
    "vip_holder, 1, lb2",
    "vip_backup, 1, lb1",
    "core, 1, app1",
    "core, 2, app2",
    "web1, 1, web1",
  })
  void aTargetIsTheMachineThatHasTheRoleNow(String target, int number, String host) {
    List<String> problems = new ArrayList<>();
    assertThat(resolved(step(target, number), NOW, problems))
        .extracting(Step::host)
        .containsExactly(host);
    assertThat(problems).isEmpty();
  }

  @Test
  void anyOfAGroupDrawsEachOfThem() {
    TreeSet<String> drawn = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      drawn.add(resolved(step("any of core", 1), NOW, new ArrayList<>()).getFirst().host());
    }
    assertThat(drawn).containsExactly("app1", "app2");
  }

  @ParameterizedTest
  @CsvSource({"leader", "sync_standby", "vip_holder"})
  void aRoleThatNobodyHasIsAProblem(String role) {
    Health nobody = new Health(List.of(), "", List.of(), new TreeMap<>());
    List<String> problems = new ArrayList<>();
    assertThat(resolved(step(role, 1), nobody, problems)).isEmpty();
    assertThat(problems).containsExactly("step 1: there is no " + role + " number 1");
  }

  @ParameterizedTest
  @CsvSource({
    "replica, 3",
    "core, 0",
    "vip_holder, 2",
    "lb9, 1",
    "any of nothing, 1",
    "vip2_holder, 1"
  })
  void whatTheInventoryCanNeverHaveIsRefused(String target, int number) {
    assertThat(targets.refusal(step(target, number)))
        .contains("the target " + target, "vip_holder or vip_backup");
  }
}
