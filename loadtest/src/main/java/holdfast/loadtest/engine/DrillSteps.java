package holdfast.loadtest.engine;

import static holdfast.loadtest.engine.DrillFile.DAY_S;
import static holdfast.loadtest.engine.DrillFile.MOST_MACHINES;

import holdfast.loadtest.engine.DrillSpec.Load;
import holdfast.loadtest.engine.DrillSpec.Step;
import holdfast.loadtest.fault.FaultKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the steps of a drill's file, and refuses what can't be done. */
final class DrillSteps {

  private static final Pattern MOMENT =
      Pattern.compile("(copying|copied|started|streaming)([+][0-9]+([.][0-9]+)?)?|placed");

  private static final String MOMENTS =
      "placed, or copying, copied, started or streaming, with or without +SECONDS";

  private final Settings settings;
  private final Targets targets;
  private final Load load;

  DrillSteps(Settings settings, Load load) {
    this.settings = settings;
    this.targets = new Targets(settings);
    this.load = load;
  }

  List<Step> read(YamlMap file) throws Refused {
    List<Step> steps = new ArrayList<>();
    int earlierS = 0;
    for (YamlMap map : file.maps("steps")) {
      Step step = step(map, steps.size());
      inLoad(map, "at_s", step.atS());
      inLoad(map, "heal_at_s", step.healAtS());
      if (step.atS() < earlierS) {
        throw map.refused("at_s", "the steps must be in the order of their at_s");
      }
      if (step.healAtS() != null && step.healAtS() <= step.atS()) {
        throw map.refused("heal_at_s", "heal_at_s must be after at_s");
      }
      fits(map, step);
      earlierS = step.atS();
      steps.add(step);
    }
    if (settings.moment() != null && steps.stream().allMatch(step -> step.moment() == null)) {
      throw file.refused("steps", "drill_moment is set, but no step of this drill has a moment");
    }
    return steps;
  }

  private Step step(YamlMap map, int index) throws Refused {
    map.only("at_s", "heal_at_s", "action", "target", "number", "unit", "process", "moment");
    String target = map.text("target");
    Integer number = map.optionalNumber("number", 1, MOST_MACHINES);
    if (number != null && target.startsWith(Targets.ANY_OF)) {
      throw map.refused("number", "`any of` picks a machine at random, so it takes no number");
    }
    String moment = map.optionalText("moment");
    if (moment != null && settings.moment() != null) {
      moment = settings.moment();
    }
    return new Step(
        index,
        map.number("at_s", 1, DAY_S),
        map.optionalNumber("heal_at_s", 1, DAY_S),
        action(map),
        target,
        number == null ? 1 : number,
        map.optionalText("unit"),
        map.optionalText("process"),
        moment);
  }

  private static FaultKind action(YamlMap map) throws Refused {
    try {
      return FaultKind.of(map.text("action"));
    } catch (IllegalArgumentException e) {
      throw map.refused("action", String.valueOf(e.getMessage()));
    }
  }

  private void inLoad(YamlMap map, String key, @Nullable Integer second) throws Refused {
    if (second != null && second >= load.durationS()) {
      throw map.refused(key, key + " must be below duration_s (%d)".formatted(load.durationS()));
    }
  }

  private void fits(YamlMap map, Step step) throws Refused {
    FaultKind kind = step.action();
    if (kind.needsUnit() && step.unit() == null) {
      throw map.refused("action", kind.key() + " needs a unit");
    }
    if (step.process() != null && !kind.takesProcess()) {
      throw map.refused("process", "a process is only for " + kinds(FaultKind::takesProcess));
    }
    if (step.moment() != null) {
      momentFits(map, step);
    }
    List<String> missing =
        kind.verbs().stream()
            .filter(verb -> !settings.machineCommands().containsKey(verb))
            .toList();
    if (!missing.isEmpty()) {
      throw map.refused("action", noCommand(kind));
    }
    String wrong = targets.refusal(step);
    if (wrong != null) {
      throw map.refused("target", wrong);
    }
  }

  private static void momentFits(YamlMap map, Step step) throws Refused {
    if (!step.action().takesMoment() || !step.target().equals("replica") || step.unit() == null) {
      throw map.refused(
          "moment",
          "a moment is only for %s, with the target replica and a unit"
              .formatted(kinds(FaultKind::takesMoment)));
    }
    if (!MOMENT.matcher(String.valueOf(step.moment())).matches()) {
      throw map.refused(
          "moment", "there is no moment %s; there are: %s".formatted(step.moment(), MOMENTS));
    }
  }

  private static String kinds(Predicate<FaultKind> which) {
    return Arrays.stream(FaultKind.values())
        .filter(which)
        .map(FaultKind::key)
        .collect(Collectors.joining(" and "));
  }

  private static String noCommand(FaultKind kind) {
    return """
    %s needs drill_machine_commands.%s. Each is a list of words: a command on the controller, to \
    which the machine's name is added (such as `virsh destroy`, or IPMI). Set them in the \
    inventory, beside drills_allowed\
    """
        .formatted(kind.key(), String.join(" and .", kind.verbs()));
  }
}
