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
 * @param names the drills to run. A single {@code all} means every drill for which the inventory
 *     has enough machines
 * @param check whether to say only what would be done
 * @param moment replaces the moment in a drill's file; null to use the file's moment
 * @param machines every machine of the inventory, in the inventory's order
 * @param groups the machines of each group, in the inventory's order
 * @param machineCommands the controller's commands that act on a machine from outside, by verb
 * @param fault the file fault.py, which a machine runs to inject, prove and heal its faults
 * @param faultLateMaxS how many seconds late a fault may be proved
 * @param healTimeoutS the seconds within which a healed system must be healthy again
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
   * @param allowed whether the inventory marks the machine {@code drills_allowed}
   * @param corePort null if core doesn't run on the machine
   */
  record Machine(MachineAccess access, boolean allowed, @Nullable Integer corePort) {}

  /** A virtual address, and the machines of which exactly one must hold it. */
  record Vip(String address, List<String> machines) {}

  /**
   * The load generator.
   *
   * @param command the command that starts JMeter with its plan and the system's address
   * @param mixes by the mix's name, the requests that it sends, in this order; each is a label of
   *     the JMeter plan
   * @param warmUpPlan the name of the mix that warms up services which have just started
   */
  record Load(List<String> command, Map<String, List<String>> mixes, String warmUpPlan) {}

  /** The database that must hold the load's writes. */
  record Database(String name, int port, String coreSchema, String chatSchema) {}

  /** Patroni's REST API, with the login that may ask for a switchover. */
  record Patroni(int port, String user, String password) {

    /** Keeps the password out of every log. */
    @Override
    public String toString() {
      return "Patroni[" + port + ", " + user + "]";
    }
  }

  /**
   * How many milliseconds a kind of fault may leave requests without an answer.
   *
   * @param writesMs null if nothing is predicted for writes
   */
  record Gap(double readsMs, @Nullable Double writesMs) {

    /** Leaves out the entry's texts, which are for docs/timeouts.md. */
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
   * @param ask the script that each machine runs to report its own state
   * @param judge the script on the controller that turns all answers into problems
   * @param questions the input of {@code ask}, by machine
   * @param expected the input of {@code judge}
   */
  record Health(Path ask, Path judge, Map<String, JsonNode> questions, JsonNode expected) {}

  /**
   * Keeps secrets out of every log. A machine's commands may hold one too, such as IPMI's password.
   */
  @Override
  public String toString() {
    return "Settings[" + names + "]";
  }

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

  /** The file that names the faults which are possibly not healed yet. */
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
      // The full message would quote the settings, which hold secrets.
      throw new Refused("the settings from ansible/drill.yml: " + e.getOriginalMessage());
    }
  }
}
