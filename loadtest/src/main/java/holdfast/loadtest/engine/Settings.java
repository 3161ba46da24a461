package holdfast.loadtest.engine;

import com.fasterxml.jackson.annotation.JsonCreator;
import holdfast.loadtest.machine.MachineAccess;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What Ansible hands over: the inventory, the connections, the secrets, and this system's choices.
 * {@code roles/drill/meta/argument_specs.yml} describes each.
 *
 * @param names the drills to run; {@code all} alone for every one that the inventory has machines
 *     for
 * @param check only say what would be done
 * @param moment in place of the moment that a drill's file names; null to leave it
 * @param machines every machine of the inventory, in its order
 * @param groups the machines of each group, in the inventory's order
 * @param fault fault.py, the faults that a machine does to itself
 */
record Settings(
    Path drillsDir,
    Path resultsDir,
    List<String> names,
    boolean check,
    @Nullable String moment,
    Map<String, Machine> machines,
    Map<String, List<String>> groups,
    Map<String, Vip> vips,
    Map<String, List<String>> machineCommands,
    Load load,
    Database database,
    Patroni patroni,
    int coreManagementPort,
    Path fault,
    String dataDir,
    List<String> logUnits,
    Map<String, Gap> gaps,
    double faultLateMaxS,
    int healTimeoutS,
    Health health) {

  /**
   * A machine of the inventory.
   *
   * @param allowed whether the inventory marks it {@code drills_allowed}
   * @param corePort null where core doesn't run
   */
  record Machine(MachineAccess access, boolean allowed, @Nullable Integer corePort) {}

  /** A virtual address, and the machines of which exactly one must hold it. */
  record Vip(String address, List<String> machines) {}

  /**
   * The load generator.
   *
   * @param command JMeter with its plan and its target
   * @param mixes what each plan asks in turn, labels of the JMeter plan's requests
   */
  record Load(List<String> command, Map<String, List<String>> mixes, String warmUpPlan) {}

  /** Where the load's writes are looked for. */
  record Database(String name, int port, String coreSchema, String chatSchema) {}

  /** Patroni's REST API, with the login that may ask for a switchover. */
  record Patroni(int port, String user, String password) {}

  /** How long a kind of fault may leave requests without an answer; null where nothing is said. */
  record Gap(double readsMs, @Nullable Double writesMs) {

    /** Some have no {@code writes_ms}; the words beside it are for docs/timeouts.md. */
    @JsonCreator
    static Gap of(JsonNode gap) {
      JsonNode writesMs = gap.path("writes_ms");
      return new Gap(
          gap.required("reads_ms").asDouble(),
          writesMs.isMissingNode() ? null : writesMs.asDouble());
    }
  }

  /**
   * How the system's health is asked and judged.
   *
   * @param ask the script that a machine runs to tell about itself
   * @param judge the script on the controller that turns all answers into problems
   * @param questions for the first script, by machine
   * @param expected for the second script
   */
  record Health(Path ask, Path judge, Map<String, JsonNode> questions, JsonNode expected) {}

  Duration healing() {
    return Duration.ofSeconds(healTimeoutS);
  }

  List<String> group(String name) {
    return groups.getOrDefault(name, List.of());
  }

  String address(String machine) {
    Machine known = machines.get(machine);
    return known == null ? "" : known.access().address();
  }

  /** The file that notes what is broken and not healed yet. */
  Path injected() {
    return resultsDir.resolve("injected.json");
  }

  /**
   * @throws Refused if the settings aren't what this program expects
   */
  static Settings read(InputStream from) throws Refused {
    try {
      return SnakeCase.MAPPER.readValue(from, Settings.class);
    } catch (JacksonException e) {
      // Without the source: it holds secrets.
      throw new Refused("the settings from ansible/drill.yml: " + e.getOriginalMessage());
    }
  }
}
