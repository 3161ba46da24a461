package holdfast.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole life of a drill on a system in memory. */
class DrillRunTest {

  private static final String DRILL =
      """
      ---
      name: try
      component: core
      fault: several
      promise: It goes on.
      gap: process
      load: {plan: mixed, rate: 50, duration_s: 30}
      steps:
        - {at_s: 5, action: stop, target: app1, unit: core, heal_at_s: 10}
        - {at_s: 8, action: kill, target: leader, unit: patroni, process: postgres}
        - {at_s: 12, action: poweroff, target: replica}
      expect: {failed_reads_max: 0}
      """;

  @TempDir Path folder;
  private FakeSystem system;

  @BeforeEach
  void aWholeSystem() throws IOException {
    system = new FakeSystem(folder, "try");
    Files.writeString(folder.resolve("drills/try.yml"), DRILL);
  }

  private int run() throws Exception {
    return new Drills(system.equipment()).all();
  }

  private List<String> events() throws IOException {
    return Files.readAllLines(folder.resolve("results/try/latest/events.jsonl"));
  }

  private String told() {
    return String.join("\n", system.said);
  }

  private String last() {
    return system.touched.getLast();
  }

  private void isHealed() {
    assertThat(system.broken).isEmpty();
    assertThat(system.loadRuns).isFalse();
    assertThat(system.settings.injected()).doesNotExist();
  }

  @Test
  void goesFromAWholeSystemToAWholeSystem() throws Exception {
    assertThat(run()).isZero();
    isHealed();
    assertThat(events())
        .extracting(line -> line.replaceAll(".*\"kind\":\"([a-z_]+)\",\"step\":(.).*", "$1 $2"))
        .containsExactly(
            "inject 0",
            "proved 0",
            "inject 1",
            "proved 1",
            "held 0",
            "heal 0",
            "healed 0",
            "inject 2",
            "proved 2",
            "held 1",
            "held 2",
            "heal 1",
            "heal 2",
            "healed 1",
            "healed 2");
    assertThat(events().getFirst()).contains("\"fault\":\"stop\"", "\"host\":\"app1\"");
    assertThat(folder.resolve("results/try/latest/run.json"))
        .content()
        .contains("\"healthy_before\" : true", "\"leader\" : \"db1\"", "\"vip\" : \"lb1\"");
    assertThat(folder.resolve("results/try/latest/drill.json"))
        .content()
        .contains("\"gap_reads_ms_max\" : 1000", "\"gap_writes_ms_max\" : 2000");
    assertThat(folder.resolve("results/try/latest/logs/web1.jsonl")).exists();
    assertThat(folder.resolve("results/try/latest/stored.jsonl")).exists();
  }

  @Test
  void cutOffAtAnyStepLeavesNothingBroken() throws Exception {
    run();
    int most = system.touches.get();
    for (int at = 1; at <= most; at++) {
      aWholeSystem();
      system.cutOffAt = at;
      // The interruption must reach the caller: if it were swallowed, the drill would go on.
      assertThatThrownBy(this::run).as(last()).isInstanceOf(InterruptedException.class);
      assertThat(system.broken).as(last()).isEmpty();
      assertThat(system.loadRuns).isFalse();
      new Leftovers(system.equipment()).healed(); // as lab/drill and the next drill do
      isHealed();
    }
    assertThat(most).isGreaterThan(100);
  }

  @Test
  void cutOffUnderLoadHealsByItself() throws Exception {
    run();
    int proof = system.touched.indexOf("answers db2");
    aWholeSystem();
    system.cutOffAt = proof + 1;
    assertThatThrownBy(this::run).isInstanceOf(InterruptedException.class);
    isHealed();
    assertThat(system.loadWasEnded).isTrue();
  }

  @Test
  void aFaultThatDoesNotHappenEndsTheDrill() throws Exception {
    system.failing.add("inject kill");
    assertThat(run()).isEqualTo(2);
    isHealed();
    assertThat(events()).noneMatch(line -> line.contains("\"step\":2"));
    assertThat(folder.resolve("results/try/latest/run.json"))
        .content()
        .contains("kill on db1, inject: it failed");
  }

  @Test
  void aFaultThatDoesNotLastIsTold() throws Exception {
    system.failing.add("held stop");
    assertThat(run()).isEqualTo(2);
    isHealed();
    assertThat(events()).anyMatch(line -> line.contains("\"not_held\",\"step\":0"));
  }

  @Test
  void whatDoesNotHealIsTriedAgainBeforeTheNextDrill() throws Exception {
    system.failing.add("heal kill");
    assertThat(run()).isEqualTo(1);
    assertThat(system.broken).containsExactly("kill db1");
    assertThat(system.settings.injected()).exists();
    system.failing.clear();
    system.said.clear();
    assertThat(run()).isZero();
    assertThat(system.said).contains("heal what an interrupted drill has left");
    isHealed();
  }

  @Test
  void aHealingThatStillFailsKeepsTheNextDrillBack() throws Exception {
    system.failing.add("heal kill");
    run();
    int runs = system.judged.size();
    assertThat(run()).isEqualTo(2);
    assertThat(told()).contains("could not be healed");
    assertThat(system.judged).hasSize(runs);
  }

  @Test
  void aLoadGeneratorThatDiesEndsTheDrill() throws Exception {
    system.loadEndsAtS = 9;
    assertThat(run()).isEqualTo(2);
    isHealed();
    assertThat(loadTookMs()).isBetween(8_900L, 9_500L);
    assertThat(events()).noneMatch(line -> line.contains("\"step\":2"));
    assertThat(folder.resolve("results/try/latest/run.json"))
        .content()
        .contains("JMeter has ended too early");
  }

  private long loadTookMs() throws IOException {
    String run = Files.readString(folder.resolve("results/try/latest/run.json"));
    return Long.parseLong(run.replaceAll("(?s).*\"ended_ms\" : ([0-9]+).*", "$1"))
        - Long.parseLong(run.replaceAll("(?s).*\"started_ms\" : ([0-9]+).*", "$1"));
  }

  /** If such a load counted as complete, the requests that were never sent would fail the drill. */
  @Test
  void aLoadThatDiesShortlyBeforeItsEndHasEndedEarly() throws Exception {
    system.loadEndsAtS = 28;
    assertThat(run()).isEqualTo(2);
    assertThat(loadTookMs()).isLessThan(30_000 - 20);
  }

  @Test
  void aRoleThatMovesBeforeTheFaultEndsTheDrill() throws Exception {
    system.leaderUnderLoad = "db2";
    assertThat(run()).isEqualTo(2);
    assertThat(system.touched).noneMatch(touch -> touch.contains("inject"));
    assertThat(told()).contains("the leader was db1 and is db2");
    isHealed();
  }

  @Test
  void aSystemThatIsNotWholeIsNotTouched() throws Exception {
    system.broken.add("stop app2");
    assertThat(run()).isEqualTo(2);
    assertThat(system.touched).noneMatch(touch -> touch.contains("inject"));
    assertThat(folder.resolve("results/try/latest/run.json"))
        .content()
        .contains("\"healthy_before\" : false", "stop app2 is broken");
  }

  @Test
  void aMachineThatStopsAnsweringIsReportedAndTheOthersAreHealed() throws Exception {
    system.silentAfter = "inject kill";
    assertThat(run()).isEqualTo(1);
    assertThat(system.broken).containsExactly("kill db1");
    assertThat(events()).anyMatch(line -> line.contains("\"not_healed\",\"step\":1"));
    assertThat(told()).contains("not healed on db1: db1 can't be reached", "no journal: db1");
    assertThat(folder.resolve("results/try/latest/logs/db1.jsonl")).doesNotExist();
  }

  @Test
  void aTargetThatDoesNotRunIsNoTarget() throws Exception {
    system.unreachable.add("db1");
    assertThat(run()).isEqualTo(2);
    assertThat(system.touched).noneMatch(touch -> touch.contains("inject"));
    assertThat(folder.resolve("results/try/latest/run.json"))
        .content()
        .contains("step 2: patroni does not run on db1");
  }

  @Test
  void coldServicesAreWarmedUp() throws Exception {
    run();
    assertThat(system.touched).doesNotContain("warm up");
    system.served = 3;
    run();
    assertThat(system.touched).contains("warm up");
  }

  @Test
  void withoutRoomForTheNoteNothingIsInjected() throws Exception {
    Files.createDirectories(system.settings.injected().resolve("in the way"));
    assertThat(run()).isEqualTo(2);
    assertThat(system.touched).noneMatch(touch -> touch.contains("inject"));
    assertThat(told()).contains("injected.json");
  }

  @Test
  void withoutRoomForTheEvidenceTheSystemIsHealedAllTheSame() throws Exception {
    Path run = folder.resolve("results/try/20270115T080000Z");
    Files.createDirectories(run.resolve("events.jsonl"));
    assertThat(run()).isEqualTo(2);
    isHealed();
    assertThat(told()).contains("events.jsonl");
  }
}
