package holdfast.loadtest.fault;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The catalogue of faults. A kind that a program on the faulty machine injects is one constant here
 * and one class in fault.py. Any other kind is one constant here and one class in this package.
 */
public enum FaultKind {
  STOP("systemctl stop %s", Option.NONE),
  /** systemd may start another process at once. */
  KILL("SIGKILL to %s", Option.PROCESS),
  FREEZE("SIGSTOP to %s", Option.PROCESS),
  RELOAD("systemctl reload %s", Option.NONE),
  /** No room is left on the data disk. */
  FILL("fill the data disk", Option.NONE),
  /** A replica's replay is paused. */
  LAG("pause replay", Option.NONE),
  /** On the leader: the WAL that a stopped replica needs is removed. */
  LOSE_SLOT("remove the log that a stopped replica needs", Option.NONE),
  /** The machine is gone at once. */
  POWEROFF("power off", new ByPlug("off", "on", "power on"), Option.MOMENT),
  /** The machine's network is gone; the machine lives. */
  CUT("cut from the network", new ByPlug("cut", "join", "back on the network"), Option.NONE),
  /** Patroni hands the leadership over as planned. */
  SWITCHOVER("switchover", new Switchover(), Option.NONE);

  /** The key, beside target and unit, that may narrow a step of this kind. */
  private enum Option {
    NONE,
    PROCESS,
    MOMENT
  }

  private final String words;
  private final Fault fault;
  private final boolean needsUnit;
  private final Option option;

  FaultKind(String words, Option option) {
    this.words = words;
    this.fault = new OnMachine(name().toLowerCase(Locale.ROOT));
    this.needsUnit = true;
    this.option = option;
  }

  FaultKind(String words, Fault fault, Option option) {
    this.words = words;
    this.fault = fault;
    this.needsUnit = false;
    this.option = option;
  }

  /** The kind's name in a drill's file and in the events. */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException if there is no such kind; the message lists all kinds
   */
  @JsonCreator
  public static FaultKind of(String key) {
    return Arrays.stream(values())
        .filter(kind -> kind.key().equals(key))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no fault " + key + "; there are: " + keys()));
  }

  /** All kinds in one line, for messages. */
  private static String keys() {
    return Arrays.stream(values()).map(FaultKind::key).collect(Collectors.joining(", "));
  }

  /** Whether fault.py on the machine injects the fault. */
  public boolean onMachine() {
    return fault instanceof OnMachine;
  }

  /** Whether the machine can't be reached while the fault lasts. */
  public boolean takesMachineAway() {
    return fault instanceof ByPlug;
  }

  public boolean needsUnit() {
    return needsUnit;
  }

  /** Whether a step may name a process of its unit. */
  public boolean takesProcess() {
    return option == Option.PROCESS;
  }

  /** Whether a step may name a moment of a replica's copy. */
  public boolean takesMoment() {
    return option == Option.MOMENT;
  }

  /** The commands of {@code drill_machine_commands} that inject and heal this fault. */
  public Set<String> verbs() {
    return fault instanceof ByPlug plug
        ? new LinkedHashSet<>(List.of(plug.breaks(), plug.mends()))
        : Set.of();
  }

  /** For people: "SIGKILL to postgres". */
  public String words(Target target) {
    return words.formatted(target.what());
  }

  public Proof inject(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    return fault.inject(tools, target);
  }

  /** Checks that the fault is still in place; {@code state} comes from the injection's proof. */
  public Proof held(Tools tools, Target target, @Nullable JsonNode state)
      throws IOException, FaultFailed, InterruptedException {
    return fault.held(tools, target, state);
  }

  public Proof heal(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    return fault.heal(tools, target);
  }

  public Proof healed(Tools tools, Target target)
      throws IOException, FaultFailed, InterruptedException {
    return fault.healed(tools, target);
  }
}
